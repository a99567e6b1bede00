//! A chart of the ratios: a bar for each, and a line at its limit.

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use std::path::Path;

const ROW: u32 = 22;
const LABELS: i32 = 420;
const WIDTH: u32 = 900;

/// The largest ratio that the chart shows.
const MOST: f64 = 4.0;

pub fn write(path: &Path, bars: &[(String, f64, f64)]) -> Result<()> {
    let root = SVGBackend::new(path, (WIDTH, ROW * (bars.len() as u32 + 2))).into_drawing_area();
    draw(&root, bars).map_err(|error| anyhow!("cannot write {}: {error}", path.display()))
}

fn draw<B: DrawingBackend>(
    root: &DrawingArea<B, plotters::coord::Shift>,
    bars: &[(String, f64, f64)],
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    root.fill(&WHITE)?;
    let font = ("sans-serif", 13).into_font();
    let scale = f64::from(WIDTH as i32 - LABELS - 60) / MOST;
    let at = |ratio: f64| LABELS + (ratio.min(MOST) * scale) as i32;
    for (index, (label, ratio, bar)) in bars.iter().enumerate() {
        let top = (index as u32 * ROW) as i32 + 10;
        let color = if ratio <= bar { RGBColor(56, 132, 104) } else { RGBColor(190, 70, 50) };
        root.draw(&Text::new(label.clone(), (4, top), font.clone()))?;
        let bar_of = [(LABELS, top), (at(*ratio), top + 13)];
        root.draw(&Rectangle::new(bar_of, color.filled()))?;
        let end = [(at(*bar), top - 3), (at(*bar), top + 16)];
        root.draw(&PathElement::new(end, BLACK.stroke_width(2)))?;
        root.draw(&Text::new(format!("{ratio:.2}"), (at(*ratio) + 6, top), font.clone()))?;
    }
    let note = "time of ours / time of the peer's; the black line is the bar";
    root.draw(&Text::new(note, (LABELS, (bars.len() as u32 * ROW) as i32 + 14), font))?;
    root.present()
}
