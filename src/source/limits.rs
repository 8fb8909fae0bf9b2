//! How much of an input is read, and of what is found in it kept.
//!
//! Strangers send files, and some are made to exhaust whoever reads them. Each number here bounds one way of doing so. The
//! defaults are far above what is published; `[limits]` in candor.toml sets others, within the range that the program
//! stands. What goes beyond a limit is reported with the figure that was found, never left out in silence.

/// The numbers that hold for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one input.
    pub file_size: u64,
    /// Levels of lists and objects within each other.
    pub nesting_depth: u64,
    /// Values that all aliases of one YAML file stand for together.
    pub alias_values: u64,
    /// Bytes of one cell of a table, quotes included.
    pub cell_length: u64,
    /// Bytes of one row of a table.
    pub row_length: u64,
    /// Parts of one workbook.
    pub workbook_parts: u64,
    /// How many times its own size a workbook unpacks to.
    pub compression_ratio: u64,
    /// Bytes of one expression in a claim.
    pub expression_length: u64,
    /// Numbers, calls and parentheses in one expression of a claim.
    pub expression_parts: u64,
    /// Findings that are printed.
    pub findings: u64,
}

/// One of the numbers: how it is called, and what it may be.
#[derive(Debug)]
pub struct Limit {
    /// Its key in `[limits]` of candor.toml.
    pub key: &'static str,
    /// What it counts.
    pub unit: &'static str,
    /// What holds where candor.toml says nothing.
    pub default: u64,
    /// The least and the greatest that it may be.
    pub range: (u64, u64),
    /// What it bounds, in one sentence, and why where that is not plain.
    pub documentation: &'static str,
    value: fn(&mut Limits) -> &mut u64,
}

/// Places in a text are 32-bit numbers, and a text in another encoding grows when it becomes UTF-8.
const GREATEST_SIZE: u64 = 4_000_000_000;

/// Bytes of one input.
pub const FILE_SIZE: Limit = Limit {
    key: "file-size",
    unit: "bytes",
    default: 2_000_000_000,
    range: (1, GREATEST_SIZE),
    documentation: "Size of one file, or of standard input.",
    value: |limits| &mut limits.file_size,
};

/// Levels of nesting. The reader of YAML follows no more brackets than the greatest, and what compares whole values calls
/// itself once a level.
pub const NESTING_DEPTH: Limit = Limit {
    key: "nesting-depth",
    unit: "levels",
    default: 128,
    range: (8, 255),
    documentation: "Lists and objects within each other, in JSON and YAML.",
    value: |limits| &mut limits.nesting_depth,
};

/// Values of aliases. A few lines of aliases of aliases stand for billions of values.
pub const ALIAS_VALUES: Limit = Limit {
    key: "alias-values",
    unit: "values",
    default: 100_000,
    range: (0, 10_000_000),
    documentation: "Values that all aliases of one YAML file stand for together.",
    value: |limits| &mut limits.alias_values,
};

/// Bytes of a cell.
pub const CELL_LENGTH: Limit = Limit {
    key: "cell-length",
    unit: "bytes",
    default: 1_000_000,
    range: (1, GREATEST_SIZE),
    documentation: "Length of one cell of a table, quotes included.",
    value: |limits| &mut limits.cell_length,
};

/// Bytes of a row.
pub const ROW_LENGTH: Limit = Limit {
    key: "row-length",
    unit: "bytes",
    default: 16_000_000,
    range: (1, GREATEST_SIZE),
    documentation: "Length of one row of a table.",
    value: |limits| &mut limits.row_length,
};

/// Parts of a workbook.
pub const WORKBOOK_PARTS: Limit = Limit {
    key: "workbook-parts",
    unit: "parts",
    default: 10_000,
    range: (1, 1_000_000),
    documentation: "Parts that the archive of one XLSX workbook lists.",
    value: |limits| &mut limits.workbook_parts,
};

/// Compression of a workbook. The method that workbooks use cannot go beyond the greatest.
pub const COMPRESSION_RATIO: Limit = Limit {
    key: "compression-ratio",
    unit: "times",
    default: 250,
    range: (1, 1_032),
    documentation: "How many times its own size an XLSX workbook unpacks to.",
    value: |limits| &mut limits.compression_ratio,
};

/// Bytes of an expression.
pub const EXPRESSION_LENGTH: Limit = Limit {
    key: "expression-length",
    unit: "bytes",
    default: 4_000,
    range: (1, 100_000),
    documentation: "Length of one expression in a claim.",
    value: |limits| &mut limits.expression_length,
};

/// Parts of an expression. A sum is evaluated by a function that calls itself once a part.
pub const EXPRESSION_PARTS: Limit = Limit {
    key: "expression-parts",
    unit: "parts",
    default: 200,
    range: (1, 500),
    documentation: "Numbers, calls and parentheses in one expression of a claim.",
    value: |limits| &mut limits.expression_parts,
};

/// Findings that are printed.
pub const FINDINGS: Limit = Limit {
    key: "findings",
    unit: "findings",
    default: 100_000,
    range: (1, 1_000_000_000),
    documentation: "Findings in the output of `candor check`, the gravest first. Those beyond are counted in all totals, and \
                    the exit code is the same.",
    value: |limits| &mut limits.findings,
};

/// Every limit, in the order of their keys.
pub const LIMITS: [&Limit; 10] = [
    &ALIAS_VALUES,
    &CELL_LENGTH,
    &COMPRESSION_RATIO,
    &EXPRESSION_LENGTH,
    &EXPRESSION_PARTS,
    &FILE_SIZE,
    &FINDINGS,
    &NESTING_DEPTH,
    &ROW_LENGTH,
    &WORKBOOK_PARTS,
];

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_size: FILE_SIZE.default,
            nesting_depth: NESTING_DEPTH.default,
            alias_values: ALIAS_VALUES.default,
            cell_length: CELL_LENGTH.default,
            row_length: ROW_LENGTH.default,
            workbook_parts: WORKBOOK_PARTS.default,
            compression_ratio: COMPRESSION_RATIO.default,
            expression_length: EXPRESSION_LENGTH.default,
            expression_parts: EXPRESSION_PARTS.default,
            findings: FINDINGS.default,
        }
    }
}

impl Limits {
    /// Sets a limit, to the nearest value in its range.
    pub fn set(&mut self, limit: &Limit, value: u64) {
        *(limit.value)(self) = value.clamp(limit.range.0, limit.range.1);
    }

    /// What lets more through where a limit is exceeded: its key in candor.toml, or that there is no more.
    pub fn help(mut self, limit: &Limit) -> String {
        let (key, greatest) = (limit.key, limit.range.1);
        if *(limit.value)(&mut self) < greatest {
            format!("`{key}` under `[limits]` in candor.toml raises this limit, up to {greatest}")
        } else {
            format!("this is the greatest `{key}` that there can be")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_sets_its_own_number_within_its_range() {
        assert!(LIMITS.windows(2).all(|pair| pair[0].key < pair[1].key));
        for limit in LIMITS {
            let mut limits = Limits::default();
            let value = |limits: &mut Limits| *(limit.value)(limits);
            assert_eq!(value(&mut limits), limit.default, "{}", limit.key);
            assert!((limit.range.0..limit.range.1).contains(&limit.default), "{}", limit.key);
            limits.set(limit, 0);
            assert_eq!(value(&mut limits), limit.range.0, "{}", limit.key);
            assert_ne!(limits, Limits::default(), "{}", limit.key);
            assert!(limits.help(limit).contains("raises this limit"), "{}", limit.key);
            limits.set(limit, u64::MAX);
            assert_eq!(value(&mut limits), limit.range.1, "{}", limit.key);
            assert!(limits.help(limit).contains("the greatest"), "{}", limit.key);
            // No other has moved.
            limits.set(limit, limit.default);
            assert_eq!(limits, Limits::default(), "{}", limit.key);
        }
    }
}
