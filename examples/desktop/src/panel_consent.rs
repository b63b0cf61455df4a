//! The question that comes before everything else.

use egui::{Button, Color32, Frame, Id, Modal, RichText, vec2};

use crate::args::Consenting;
use crate::desk::{Desk, Wishes};
use crate::theme::{GOLD, MUTED, STAGE};

/// Which question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Page {
    /// Do you agree, and how old are you?
    #[default]
    Person,
    /// Does a guardian agree?
    Guardian,
}

const WHAT: [&str; 4] = [
    "Moretta looks for faces in the picture, to draw the effect that you choose.",
    "What it finds stays in this program's locked memory and is wiped after each frame.",
    "Nothing of it is stored, sent or shared. A picture is written only if you export one.",
    "You can pause, wipe or take this back at any time.",
];

/// How wide the question is, and how high an answer, in points.
const WIDTH: f32 = 540.0;
const ANSWER: f32 = 38.0;

/// Asks, and notes the answer. Nothing is chosen beforehand, and nothing happens without an answer.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    let modal = Modal::new(Id::unique("consent")).backdrop_color(Color32::from_black_alpha(200));
    let frame = Frame::window(ui.style());
    modal.frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
        match desk.asking {
            Page::Person => person(desk, ui, wishes),
            Page::Guardian => guardian(desk, ui, wishes),
        }
    });
}

fn person(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    ui.heading("May faces be looked for?");
    ui.add_space(6.0);
    what(ui);
    let answer = answer(ui, primary("Yes, and I am 14 or older"));
    desk.layout.note("consent-from-14", &answer);
    if answer.clicked() {
        wishes.consent = Some(Consenting::From14);
    }
    let answer = self::answer(ui, Button::new("Yes, and I am younger than 14"));
    desk.layout.note("consent-under-14", &answer);
    if answer.clicked() {
        desk.asking = Page::Guardian;
    }
    no(desk, ui, wishes);
}

fn guardian(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    ui.heading("Ask your mother, father or guardian");
    ui.add_space(6.0);
    ui.label("Whoever is younger than 14 needs the consent of a guardian. Please hand over, and let them read this:");
    what(ui);
    let answer = answer(ui, primary("I am the guardian, and I agree"));
    desk.layout.note("consent-guardian", &answer);
    if answer.clicked() {
        wishes.consent = Some(Consenting::Guardian);
        desk.asking = Page::Person;
    }
    if self::answer(ui, Button::new("Back")).clicked() {
        desk.asking = Page::Person;
    }
    no(desk, ui, wishes);
}

fn no(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    let answer = answer(ui, Button::new("No").fill(Color32::TRANSPARENT));
    desk.layout.note("consent-no", &answer);
    wishes.quit |= answer.clicked();
    ui.label(
        RichText::new("The answer is not stored: it is asked for at each start. Age is never estimated.")
            .small()
            .color(MUTED),
    );
}

/// What is agreed to.
fn what(ui: &mut egui::Ui) {
    for line in WHAT {
        ui.horizontal_wrapped(|ui| {
            ui.colored_label(GOLD, "•");
            ui.label(line);
        });
    }
    ui.add_space(10.0);
}

/// A button as wide as the question.
fn answer(ui: &mut egui::Ui, button: Button<'_>) -> egui::Response {
    ui.add_sized(vec2(ui.available_width(), ANSWER), button)
}

/// The button that most will press.
fn primary(text: &str) -> Button<'_> {
    Button::new(RichText::new(text).color(STAGE)).fill(GOLD)
}
