//! What frames take.

use egui::{Grid, RichText};

use crate::desk::Desk;
use crate::news::News;
use crate::theme::MUTED;

/// Shows the numbers.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, news: &News) {
    ui.heading("Statistics");
    let Some(statistics) = &news.statistics else {
        ui.label(RichText::new("None yet.").color(MUTED));
        return;
    };
    let grid = Grid::new("statistics")
        .num_columns(2)
        .spacing([14.0, 3.0])
        .min_row_height(20.0)
        .show(ui, |ui| {
            let ms = |time: std::time::Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
            let rows = [
                ("frames a second", format!("{:.1}", news.frames_per_second)),
                ("finding faces", ms(statistics.mean.track)),
                ("drawing", ms(statistics.mean.draw)),
                ("whole frame", ms(statistics.mean.whole)),
                ("frames", statistics.frames.to_string()),
                ("dropped", statistics.dropped.to_string()),
                ("failed", statistics.failed.to_string()),
                ("quality", format!("{:?}", statistics.quality).to_lowercase()),
            ];
            for (name, value) in rows {
                ui.label(RichText::new(name).color(MUTED));
                ui.label(value);
                ui.end_row();
            }
        });
    desk.layout.note("statistics", &grid.response);
}
