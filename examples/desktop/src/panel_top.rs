//! The bar at the top: what runs, and whether it is protected.

use egui::{Align, Frame, Layout, Margin, RichText, Sense, Vec2};
use moretta::Policy;

use crate::desk::Desk;
use crate::news::{News, State};
use crate::theme::{AMBER, GOLD, GREEN, MUTED, PANEL, RED};

/// Shows the bar.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, news: Option<&News>) {
    let frame = Frame::new().fill(PANEL).inner_margin(Margin::symmetric(16, 9));
    egui::Panel::top("top").frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Moretta").heading().color(GOLD));
            ui.add_space(10.0);
            ui.label(RichText::new(desk.args.source.name()).color(MUTED));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (colour, words) = state(news);
                let response = ui.label(words);
                let (dot, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.5, colour);
                desk.layout.note("state", &response);
                if let Some(news) = news
                    && news.state == State::Live
                {
                    ui.add_space(10.0);
                    ui.label(
                        RichText::new(format!("{:.0} frames a second", news.frames_per_second)).color(MUTED),
                    );
                }
            });
        });
    });
}

fn state(news: Option<&News>) -> (egui::Color32, &'static str) {
    let Some(news) = news else {
        return (MUTED, "off");
    };
    match (news.state, news.policy) {
        (State::Loading, _) => (MUTED, "loading"),
        (State::Paused, _) => (MUTED, "paused, wiped"),
        (State::Failed, _) => (RED, "stopped"),
        (State::Live, Some(Policy::BestEffort)) => (AMBER, "protected as far as the system allows"),
        (State::Live, _) => (GREEN, "protected"),
    }
}
