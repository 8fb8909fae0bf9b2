//! Tables of published counts in the shape that faults are put into and methods are tried on.

/// How a publisher rounds a count: the printed step for a value of this size; 0 where counts are exact.
pub type Grain = fn(f64) -> f64;

/// One series of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Whose figures.
    pub entity: String,
    /// What is counted.
    pub metric: String,
    /// The publisher's category; empty where there is none.
    pub category: String,
    /// One value a period of the table; `None` where none is published.
    pub values: Vec<Option<f64>>,
}

impl Row {
    /// Whether values stand at all of these periods.
    pub fn has(&self, periods: impl IntoIterator<Item = usize>) -> bool {
        periods.into_iter().all(|period| self.values.get(period).is_some_and(Option::is_some))
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.iter().flatten().count()
    }
}

/// A table of series over the same periods.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name in the results.
    pub name: &'static str,
    /// Names of the periods, in canonical form and in order.
    pub periods: Vec<String>,
    /// The series.
    pub rows: Vec<Row>,
    /// How the publisher rounds.
    pub grain: Grain,
}

impl Table {
    /// The table as it stood after a period.
    pub fn up_to(&self, period: usize) -> Self {
        let mut table = self.clone();
        table.periods.truncate(period + 1);
        for row in &mut table.rows {
            row.values.truncate(period + 1);
        }
        table.rows.retain(|row| row.len() > 0);
        table
    }

    /// The value as the publisher would print it.
    pub fn print(&self, value: f64) -> f64 {
        let step = (self.grain)(value).max(1.0);
        (value / step).round() * step
    }

    /// The groups whose definition may change at once: the series of one entity and metric, or of one metric where
    /// entities have a single series each.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let has_categories = self.rows.iter().any(|row| !row.category.is_empty());
        let key = |row: &Row| {
            let entity = if has_categories { row.entity.clone() } else { String::new() };
            (entity, row.metric.clone())
        };
        let mut groups: Vec<((String, String), Vec<usize>)> = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            match groups.iter_mut().find(|group| group.0 == key(row)) {
                Some(group) => group.1.push(index),
                None => groups.push((key(row), vec![index])),
            }
        }
        groups.into_iter().map(|group| group.1).filter(|group| group.len() >= 4).collect()
    }
}

/// A small generator (SplitMix64; Steele, Lea & Flood 2014), so that tables and faults are the same everywhere.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly between 0 and 1.
    pub fn even(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, with mean 0 and variance 1.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }

    /// One of so many.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.even() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// One of some things.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> Option<T> {
        (!things.is_empty()).then(|| things[self.below(things.len())])
    }
}
