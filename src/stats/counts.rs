//! Tests on pairs of counts.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal};

/// Two-sided conditional test that two Poisson counts over equal times have the same rate (Przyborowski & Wilenski
/// 1940): given their sum, the smaller is binomial with one half. It only guards against reading meaning into small
/// counts; on large ones it rejects nearly always, because published counts vary far more than Poisson counts do.
pub fn same_rate(earlier: f64, later: f64) -> f64 {
    let (earlier, later) = (earlier.max(0.0).round(), later.max(0.0).round());
    let total = earlier + later;
    if total == 0.0 {
        return 1.0;
    }
    // Beyond this the test cannot but reject any change that another rule would care for.
    if total > 1e6 {
        return if earlier == later { 1.0 } else { 0.0 };
    }
    let Ok(binomial) = Binomial::new(0.5, total as u64) else { return 1.0 };
    (2.0 * binomial.cdf(earlier.min(later) as u64)).min(1.0)
}

/// The lowest and the highest count that differ from this one no more than by chance at this probability; see
/// [`same_rate`].
pub fn same_rate_range(count: f64, probability: f64) -> (f64, f64) {
    let count = count.round();
    let is_same = |other: f64| same_rate(count, other) > probability;
    // Twenty standard deviations and a few are beyond any probability that the test can tell from none.
    let reach = 20.0 * count.max(1.0).sqrt() + 100.0;
    // The test is slow to compute. The difference of two Poisson counts is about normal, so that the bound is near the y
    // with (x − y)² = z² (x + y); it is looked for there first.
    let half = 0.5 * Normal::standard().inverse_cdf(0.5 * probability.clamp(1e-9, 1.0)).powi(2);
    let edge = |sign: f64| {
        let guess = (count + half + sign * (half * half + 4.0 * half * count).sqrt()).round();
        let mut near = [guess - 2.0 * sign, guess + 2.0 * sign].into_iter();
        let (mut inside, mut outside) = (count, (count + sign * reach).max(0.0));
        if outside == 0.0 && is_same(outside) {
            return outside;
        }
        while (outside - inside).abs() > 1.0 {
            let is_between = |one: &f64| (one - inside) * (one - outside) < 0.0;
            let next = near.next().filter(is_between);
            let next = next.unwrap_or_else(|| f64::midpoint(inside, outside).round());
            if is_same(next) { inside = next } else { outside = next }
        }
        inside
    };
    (edge(-1.0), edge(1.0))
}

/// Two-sided sign test: how likely a split at least as one-sided is where either sign is as likely (Arbuthnot 1710;
/// Conover, *Practical Nonparametric Statistics*). Ties are left out by the caller.
pub fn sign_test(positive: usize, negative: usize) -> f64 {
    let Ok(binomial) = Binomial::new(0.5, (positive + negative) as u64) else { return 1.0 };
    (2.0 * binomial.cdf(positive.min(negative) as u64)).min(1.0)
}
