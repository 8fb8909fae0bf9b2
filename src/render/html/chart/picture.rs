//! Draws a chart: plain SVG that takes its colours from the page, so that it can be read in both themes and on paper.
//! Its label says in words what it shows.

use std::fmt::Write as _;

/// Size of the picture, in units of its own.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for the numbers on the left, on the other sides, and for the periods beneath. The numbers are twice as large on
/// a phone.
const LEFT: f64 = 84.0;
const EDGE: f64 = 14.0;
const BOTTOM: f64 = 28.0;
/// Two points further apart than this many steps have a period missing between them.
const GAP: f64 = 1.5;
/// A picture has a logarithmic scale where its largest figure is more than this many times the smallest: on another the
/// small ones could not be told from nothing.
const SPAN: f64 = 100.0;
/// How far beyond the figures a band may extend the scale, as a multiple of them; it is cut off there rather than
/// flatten them.
const REACH: f64 = 1.5;
const REACH_OF_LOGARITHMS: f64 = 10.0;
/// Half the width that a band has at least.
const BAND_LEAST: f64 = 8.0;
/// Most decades that are written on the axis, and most names of periods.
const DECADES: i32 = 5;
const PERIODS: usize = 9;

/// What is drawn.
pub struct Picture {
    pub lines: Vec<Line>,
    /// Figures that the finding points at.
    pub marks: Vec<Point>,
    pub breaks: Vec<BreakLine>,
    pub band: Option<Band>,
}

/// One line.
#[derive(Clone)]
pub struct Line {
    pub name: String,
    /// `line` and which colour it has.
    pub class: String,
    pub points: Vec<Point>,
}

/// A figure.
#[derive(Clone)]
pub struct Point {
    /// The middle of its period, as a day.
    pub at: f64,
    pub value: f64,
    /// Period and figure as printed.
    pub text: String,
}

/// The figures of a period that would have been no finding.
pub struct Band {
    /// The first and the last day of the period.
    pub days: (f64, f64),
    /// Its ends; open where there is no limit.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// In words.
    pub text: String,
}

/// A documented break.
pub struct BreakLine {
    /// Its day.
    pub at: f64,
    /// In words.
    pub text: String,
}

impl Line {
    fn is_earlier(&self) -> bool {
        self.class.contains("earlier")
    }
}

/// Where figures stand.
struct Scale {
    days: (f64, f64),
    /// Ends of the axis; as decimal logarithms where it is logarithmic.
    ends: (f64, f64),
    is_logarithmic: bool,
}

impl Scale {
    fn of(picture: &Picture) -> Self {
        let points = || picture.lines.iter().flat_map(|line| &line.points);
        let fold =
            |start: f64, keep: fn(f64, f64) -> f64, of: fn(&Point) -> f64| points().map(of).fold(start, keep);
        let first = fold(f64::INFINITY, f64::min, |point| point.at);
        let last = fold(f64::NEG_INFINITY, f64::max, |point| point.at);
        let lowest = fold(f64::INFINITY, f64::min, |point| point.value);
        let highest = fold(f64::NEG_INFINITY, f64::max, |point| point.value);
        let band = picture.band.as_ref();
        let (low, high) = (band.and_then(|band| band.low), band.and_then(|band| band.high.or(band.low)));
        let is_logarithmic = lowest > 0.0 && highest > SPAN * lowest;
        let ends = if is_logarithmic {
            let low = low.unwrap_or(lowest).clamp(lowest / REACH_OF_LOGARITHMS, lowest);
            let high = high.unwrap_or(highest).clamp(highest, highest * REACH_OF_LOGARITHMS);
            (low.log10().floor(), high.log10().ceil())
        } else {
            let top = highest.max(high.unwrap_or(0.0).min(highest * REACH)).max(0.0);
            (if lowest < 0.0 { -ceiling(-lowest) } else { 0.0 }, ceiling(top))
        };
        Self { days: (first, last), ends, is_logarithmic }
    }

    fn x(&self, at: f64) -> f64 {
        let (first, last) = self.days;
        LEFT + (at - first) / (last - first).max(1.0) * (WIDTH - LEFT - EDGE)
    }

    fn y(&self, value: f64) -> f64 {
        let (bottom, top) = self.ends;
        let value = if self.is_logarithmic { value.max(f64::MIN_POSITIVE).log10() } else { value };
        let share = (value.clamp(bottom, top) - bottom) / (top - bottom);
        HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - EDGE)
    }

    /// The figures that are written on the axis.
    fn ticks(&self) -> Vec<f64> {
        let (bottom, top) = self.ends;
        if !self.is_logarithmic {
            return (0..=4).map(|step| bottom + (top - bottom) * f64::from(step) / 4.0).collect();
        }
        let decades = (top - bottom) as i32;
        let every = decades.div_euclid(DECADES) + 1;
        (0..=decades).step_by(every as usize).map(|step| 10f64.powf(bottom + f64::from(step))).collect()
    }

    fn is_within(&self, at: f64) -> bool {
        (self.days.0..=self.days.1).contains(&at)
    }
}

impl Picture {
    /// Draws it, with a legend; `message` says what is marked.
    pub fn draw(&self, message: &str) -> String {
        let scale = Scale::of(self);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" class=\"chart\">",
            escaped(&self.words(message))
        );
        axis(&mut svg, &scale);
        self.periods(&mut svg, &scale);
        if let Some(band) = &self.band {
            draw_band(&mut svg, band, &scale);
        }
        for one in self.breaks.iter().filter(|one| scale.is_within(one.at)) {
            let _ = write!(
                svg,
                "<line class=\"break\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{EDGE}\" y2=\"{1:.1}\"><title>{2}</title></line>",
                scale.x(one.at),
                HEIGHT - BOTTOM,
                escaped(&one.text)
            );
        }
        for line in &self.lines {
            draw_line(&mut svg, line, &scale);
        }
        for mark in &self.marks {
            let (x, y) = (scale.x(mark.at), scale.y(mark.value));
            let _ = write!(svg, "<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/>");
        }
        svg.push_str("</svg>");
        self.legend(&mut svg, &scale);
        svg
    }

    /// Names of some periods under the axis, as many as there is room for; every other one on a phone.
    fn periods(&self, svg: &mut String, scale: &Scale) {
        let mut points: Vec<&Point> = self.lines.iter().flat_map(|line| &line.points).collect();
        points.sort_by(|left, right| left.at.total_cmp(&right.at));
        points.dedup_by(|left, right| left.at == right.at);
        let every = points.len().div_ceil(PERIODS).max(1);
        for (index, point) in points.iter().step_by(every).enumerate() {
            let name = point.text.split(": ").next().unwrap_or_default();
            let _ = write!(
                svg,
                "<text class=\"axis{}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                if index % 2 == 1 { " odd" } else { "" },
                scale.x(point.at).clamp(LEFT, WIDTH - EDGE - 16.0),
                HEIGHT - 7.0,
                escaped(name)
            );
        }
    }

    fn legend(&self, svg: &mut String, scale: &Scale) {
        svg.push_str("<ul class=\"legend\">");
        // Drawn like what they stand for, so that they can be told apart on paper, where no background is printed.
        let mut entry = |class: &str, shape: &str, text: &str| {
            let _ = write!(
                svg,
                "<li><svg class=\"key\" viewBox=\"0 0 24 10\"><path class=\"{class}\" d=\"{shape}\"/></svg> {}</li>",
                escaped(text)
            );
        };
        // What counts now comes first.
        let (earlier, latest): (Vec<&Line>, Vec<&Line>) =
            self.lines.iter().partition(|line| line.is_earlier());
        for line in latest.iter().chain(&earlier) {
            entry(&line.class, "M0 5h24", &line.name);
        }
        if let Some(band) = &self.band {
            entry("band", "M1 1h22v8h-22z", &format!("expected: {}", band.text));
        }
        for one in self.breaks.iter().filter(|one| scale.is_within(one.at)) {
            entry("break", "M0 5h24", &format!("documented break, {}", one.text));
        }
        if scale.is_logarithmic {
            entry("grid", "M0 9h24M0 7h24M0 4h24M0 0h24", "logarithmic scale");
        }
        svg.push_str("</ul>");
    }

    /// What the chart shows, for those who cannot see it.
    fn words(&self, message: &str) -> String {
        let ends = self.lines.iter().filter(|line| !line.is_earlier()).filter_map(|line| {
            let (first, last) = (line.points.first()?, line.points.last()?);
            let count = line.points.len();
            Some(format!("{}: {count} periods, from {} to {}", line.name, first.text, last.text))
        });
        let band = self.band.as_ref().map(|band| format!(". Expected: {}", band.text)).unwrap_or_default();
        format!("Chart. {}. Marked: {message}{band}", ends.collect::<Vec<_>>().join(". "))
    }
}

fn axis(svg: &mut String, scale: &Scale) {
    for value in scale.ticks() {
        let y = scale.y(value);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - EDGE,
            LEFT - 6.0,
            y + 4.0,
            short(value)
        );
    }
}

fn draw_band(svg: &mut String, band: &Band, scale: &Scale) {
    let (left, right) = (scale.x(band.days.0).max(LEFT), scale.x(band.days.1).min(WIDTH - EDGE));
    let (middle, half) = (f64::midpoint(left, right), (0.5 * (right - left)).max(BAND_LEAST));
    let low = scale.y(band.low.unwrap_or(f64::NEG_INFINITY));
    let high = scale.y(band.high.unwrap_or(f64::INFINITY));
    let _ = write!(
        svg,
        "<rect class=\"band\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{}</title></rect>",
        middle - half,
        high.min(low - 2.0),
        2.0 * half,
        (low - high).max(2.0),
        escaped(&band.text)
    );
}

fn draw_line(svg: &mut String, line: &Line, scale: &Scale) {
    // Where a period is missing the line is broken: nothing is known of what lies between.
    let step = line.points.windows(2).map(|pair| pair[1].at - pair[0].at).fold(f64::INFINITY, f64::min);
    for run in line.points.chunk_by(|left, right| right.at - left.at < step * GAP) {
        let path: Vec<String> =
            run.iter().map(|point| format!("{:.1},{:.1}", scale.x(point.at), scale.y(point.value))).collect();
        let _ = write!(svg, "<polyline class=\"{}\" points=\"{}\"/>", line.class, path.join(" "));
    }
    if line.is_earlier() {
        return;
    }
    let class = line.class.replacen("line", "dot", 1);
    for point in &line.points {
        let (x, y) = (scale.x(point.at), scale.y(point.value));
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"><title>{}</title></circle>",
            escaped(&point.text)
        );
    }
}

/// A number as it stands beside an axis: `36M`, `1.5k`, `0.0375`.
fn short(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, "bn"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    // The steps of an axis are quarters of a round number.
    let places = if scaled == 0.0 { 0 } else { (3 - scaled.abs().log10().floor() as i32).clamp(0, 12) };
    let text = format!("{scaled:.*}", places as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{suffix}")
}

/// A round number at least as large: 1, 2, 4, 6, 8 or 10 times a power of ten, so that quarters of it are short.
fn ceiling(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| *step >= value)
        .unwrap_or(value)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
