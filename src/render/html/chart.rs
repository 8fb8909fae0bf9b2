//! A chart of the series that a finding speaks of: one line a series, thinner lines for what earlier releases said,
//! the periods of the finding marked, documented breaks as dashed lines.
//!
//! The picture is plain SVG that takes its colours from the page, so that it can be read in both themes and on paper;
//! its label says in words what it shows.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diag::{Finding, Location};
use crate::model::{Dataset, DocumentId, Frequency, Observation, ObservationId, Series, SeriesId};
use crate::render::words::clean;

/// Size of the picture, in units of its own.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for the numbers on the left, on the other sides, and for the periods beneath.
const LEFT: f64 = 62.0;
const EDGE: f64 = 14.0;
const BOTTOM: f64 = 24.0;
/// Most series in one chart.
const SERIES: usize = 4;
/// Most earlier releases whose figures are drawn.
const RELEASES: usize = 6;
/// Two points further apart than this many steps have a period missing between them.
const GAP: f64 = 1.5;
/// Fewest points that make a line worth looking at.
const POINTS: usize = 3;

/// Finds the series behind findings.
pub struct Charts<'d> {
    dataset: &'d Dataset,
    by_place: HashMap<Location, ObservationId>,
}

/// One line of a chart.
struct Line {
    name: String,
    class: String,
    points: Vec<(f64, f64, String)>,
}

impl<'d> Charts<'d> {
    /// Prepares a dataset.
    pub fn new(dataset: &'d Dataset) -> Self {
        let places = dataset.observations.iter().enumerate();
        let by_place =
            places.map(|(index, one)| (one.origin.location(), ObservationId(index as u32))).collect();
        Self { dataset, by_place }
    }

    /// The chart of a finding; none where it points at no figure of a series that is long enough.
    pub fn of(&self, finding: &Finding) -> Option<String> {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let observations: Vec<&Observation> = labels
            .filter_map(|label| self.by_place.get(&label.location))
            .map(|id| self.dataset.observation(*id))
            .collect();
        let frequency = observations.first()?.period.frequency();
        let mut series: Vec<SeriesId> = Vec::new();
        for observation in &observations {
            let id = self.dataset.block_of(observation).series;
            if !series.contains(&id) && series.len() < SERIES {
                series.push(id);
            }
        }
        let lines: Vec<Line> = series
            .iter()
            .enumerate()
            .flat_map(|(index, id)| self.lines(self.dataset.series(*id), frequency, index, series.len() == 1))
            .collect();
        // A dot alone is no series.
        if lines.iter().all(|line| line.points.len() < POINTS) {
            return None;
        }
        let marks: Vec<(f64, f64)> = observations
            .iter()
            .filter(|one| one.period.frequency() == frequency)
            .filter_map(|one| Some((middle(one), value(one)?)))
            .collect();
        let breaks = self.breaks(self.dataset.series(series[0]));
        Some(draw(&lines, &marks, &breaks, finding))
    }

    fn lines(&self, series: &Series, frequency: Frequency, index: usize, with_releases: bool) -> Vec<Line> {
        let points = |observations: &[&Observation]| -> Vec<(f64, f64, String)> {
            let drawn = observations.iter().filter(|one| one.period.frequency() == frequency);
            drawn
                .filter_map(|one| {
                    Some((middle(one), value(one)?, format!("{}: {}", one.period, one.quantity)))
                })
                .collect()
        };
        let latest: Vec<&Observation> = self.dataset.points(series).collect();
        let latest =
            Line { name: self.name(series), class: format!("line c{index}"), points: points(&latest) };
        if !with_releases {
            return vec![latest];
        }
        let mut by_document: BTreeMap<DocumentId, Vec<&Observation>> = BTreeMap::new();
        for statement in self.dataset.statements(series) {
            by_document.entry(self.dataset.block_of(statement).document).or_default().push(statement);
        }
        let earlier = by_document.iter().filter_map(|(document, statements)| {
            let points = points(statements);
            let differs = points.iter().any(|(at, figure, _)| {
                latest.points.iter().any(|(other, now, _)| at == other && figure != now)
            });
            let document = self.dataset.document(*document);
            let name =
                document.vintage.as_deref().or(document.published.as_deref()).unwrap_or(&document.path);
            (differs && points.len() >= POINTS).then(|| Line {
                name: format!("as of {}", clean(name)),
                class: "line earlier".to_owned(),
                points,
            })
        });
        let mut lines: Vec<Line> = earlier.collect();
        lines.reverse();
        lines.truncate(RELEASES);
        lines.push(latest);
        lines
    }

    fn name(&self, series: &Series) -> String {
        let (key, registry) = (&series.key, &self.dataset.registry);
        let mut name =
            format!("{}, {}", registry.entity_name(&key.subject), registry.metric_name(&key.metric));
        if let Some(narrowing) = key.narrowing() {
            let _ = write!(name, " ({narrowing})");
        }
        if key.subject != key.publisher {
            let _ = write!(name, ", by {}", registry.entity_name(&key.publisher));
        }
        clean(&name)
    }

    /// Documented breaks that touch a series, with their days.
    fn breaks(&self, series: &Series) -> Vec<(f64, String)> {
        let key = &series.key;
        let names = |list: &[String], name: &str| list.is_empty() || list.iter().any(|one| one == name);
        let touching = self.dataset.registry.breaks().iter().filter(|one| {
            names(&one.publishers, &key.publisher)
                && names(&one.metrics, &key.metric)
                && (key.subject == key.publisher || names(&one.entities, &key.subject))
        });
        touching.map(|one| (day(one.from), clean(&one.title))).collect()
    }
}

/// Days since the year 0, roughly: only differences matter.
fn day(date: Date) -> f64 {
    f64::from(date.year()) * 365.25 + f64::from(date.day_of_year())
}

fn middle(observation: &Observation) -> f64 {
    f64::midpoint(day(observation.period.start), day(observation.period.end))
}

fn value(observation: &Observation) -> Option<f64> {
    observation.quantity.point().and_then(|value: Decimal| value.to_f64())
}

/// A number as it stands beside an axis: `36M`, `1.5k`, `0.25`.
fn short(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, "bn"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{scaled:.2}");
    format!("{}{suffix}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A round number at least as large: 1, 2, 2.5 or 5 times a power of ten.
fn ceiling(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| *step >= value)
        .unwrap_or(value)
}

fn draw(lines: &[Line], marks: &[(f64, f64)], breaks: &[(f64, String)], finding: &Finding) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let first = all().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let last = all().map(|point| point.0).fold(f64::NEG_INFINITY, f64::max);
    let top = ceiling(all().map(|point| point.1).fold(0.0, f64::max));
    let low = all().map(|point| point.1).fold(0.0, f64::min);
    let bottom = if low < 0.0 { -ceiling(-low) } else { 0.0 };
    let x = |at: f64| LEFT + (at - first) / (last - first).max(1.0) * (WIDTH - LEFT - EDGE);
    let y = |value: f64| HEIGHT - BOTTOM - (value - bottom) / (top - bottom) * (HEIGHT - BOTTOM - EDGE);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" class=\"chart\">",
        escaped(&words(lines, finding))
    );
    for step in 0..=4 {
        let value = bottom + (top - bottom) * f64::from(step) / 4.0;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{1:.1}\" y2=\"{1:.1}\"/>\
             <text class=\"axis\" x=\"{2:.1}\" y=\"{3:.1}\" text-anchor=\"end\">{4}</text>",
            WIDTH - EDGE,
            y(value),
            LEFT - 6.0,
            y(value) + 4.0,
            short(value)
        );
    }
    periods(&mut svg, lines, x);
    for (at, title) in breaks.iter().filter(|one| one.0 >= first && one.0 <= last) {
        let _ = write!(
            svg,
            "<line class=\"break\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{EDGE}\" y2=\"{1:.1}\"><title>{2}</title></line>",
            x(*at),
            HEIGHT - BOTTOM,
            escaped(title)
        );
    }
    for line in lines {
        // Where a period is missing the line is broken: nothing is known of what lies between.
        let step = line.points.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(f64::INFINITY, f64::min);
        for run in line.points.chunk_by(|left, right| right.0 - left.0 < step * GAP) {
            let path: Vec<String> =
                run.iter().map(|(at, value, _)| format!("{:.1},{:.1}", x(*at), y(*value))).collect();
            let _ = write!(svg, "<polyline class=\"{}\" points=\"{}\"/>", line.class, path.join(" "));
        }
        let dots = if line.class.contains("earlier") { &[][..] } else { &line.points[..] };
        for (at, value, title) in dots {
            let class = line.class.replacen("line", "dot", 1);
            let _ = write!(
                svg,
                "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\"><title>{}</title></circle>",
                x(*at),
                y(*value),
                escaped(title)
            );
        }
    }
    for (at, value) in marks {
        let _ = write!(svg, "<circle class=\"mark\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"6\"/>", x(*at), y(*value));
    }
    svg.push_str("</svg>");
    legend(&mut svg, lines, breaks.iter().any(|one| one.0 >= first && one.0 <= last));
    svg
}

/// Names of some periods under the axis, as many as there is room for.
fn periods(svg: &mut String, lines: &[Line], x: impl Fn(f64) -> f64) {
    let Some(longest) = lines.iter().max_by_key(|line| line.points.len()) else { return };
    let every = longest.points.len().div_ceil(9).max(1);
    for (at, _, title) in longest.points.iter().step_by(every) {
        let name = title.split(": ").next().unwrap_or_default();
        let _ = write!(
            svg,
            "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(*at).clamp(LEFT, WIDTH - EDGE - 10.0),
            HEIGHT - 6.0,
            escaped(name)
        );
    }
}

fn legend(svg: &mut String, lines: &[Line], has_breaks: bool) {
    svg.push_str("<p class=\"legend\">");
    for line in lines {
        let class = line.class.replacen("line", "key", 1);
        let _ = write!(svg, "<span class=\"{class}\"></span>{} ", escaped(&line.name));
    }
    if has_breaks {
        svg.push_str("<span class=\"key break\"></span>documented break ");
    }
    svg.push_str("</p>");
}

/// What the chart shows, for those who cannot see it.
fn words(lines: &[Line], finding: &Finding) -> String {
    let ends = lines.iter().filter(|line| !line.class.contains("earlier")).filter_map(|line| {
        let (first, last) = (line.points.first()?, line.points.last()?);
        Some(format!("{}: {} periods, from {} to {}", line.name, line.points.len(), first.2, last.2))
    });
    format!("Chart. {}. Marked: {}", ends.collect::<Vec<_>>().join(". "), clean(&finding.message))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
