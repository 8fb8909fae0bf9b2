//! How many of the improbable things found among many were to be expected by chance.

/// The false-discovery rate at which each of some small probabilities would be found, of `tests` tests in all; the others were not
/// smaller than the largest given (Benjamini & Hochberg 1995, *JRSS B* 57(1)). In the order of the probabilities given.
pub fn false_discovery_rates(probabilities: &[f64], tests: usize) -> Vec<f64> {
    let tests = tests.max(probabilities.len()) as f64;
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|left, right| probabilities[*left].total_cmp(&probabilities[*right]).then(left.cmp(right)));
    let mut rates = vec![1.0; probabilities.len()];
    let mut lowest = 1.0f64;
    for (rank, index) in order.into_iter().enumerate().rev() {
        lowest = lowest.min(probabilities[index] * tests / (rank + 1) as f64);
        rates[index] = lowest;
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_by_hand() {
        // Sorted .001 .01 .02 of ten: .01, .05, .0667; each is at most that of the next.
        let rates = false_discovery_rates(&[0.02, 0.001, 0.01], 10);
        let expected = [0.2 / 3.0, 0.01, 0.05];
        assert!(
            rates.iter().zip(expected).all(|(rate, expected)| (rate - expected).abs() < 1e-12),
            "{rates:?}"
        );
        assert_eq!(false_discovery_rates(&[0.03, 0.031], 2), [0.031, 0.031]);
        assert!(false_discovery_rates(&[], 0).is_empty());
    }
}
