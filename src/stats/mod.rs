//! Statistics as pure functions: numbers in, numbers out. Nothing here knows what the numbers mean.

pub mod contribution;
pub mod counts;
pub mod digits;
pub mod discovery;
pub mod evidence;
pub mod interval;
pub mod ratio;
pub mod robust;
pub mod season;

#[cfg(test)]
mod tests;
