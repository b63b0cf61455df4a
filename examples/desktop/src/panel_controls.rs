//! The sliders of the effect, how the picture is shown, and where it is exported to.

use std::path::{Path, PathBuf};

use egui::{RichText, Slider, TextEdit};
use moretta::Presence;
use moretta_pack::manifest::ParamKind;

use crate::desk::{Desk, Wishes, defaults};
use crate::effects::Control;
use crate::export::Kind;
use crate::live::CLIP_FRAMES;
use crate::news::{ExportNews, News, Order};
use crate::theme::{AMBER, GREEN, MUTED, RED};

/// Shows the controls, and notes what was asked for.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, news: &News, wishes: &mut Wishes) {
    who(desk, ui, wishes);
    effect(desk, ui, wishes);
    ui.separator();
    view(desk, ui, news, wishes);
    ui.separator();
    export(desk, ui, news, wishes);
}

/// Who is dressed by what is chosen below the picture.
fn who(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for who in 0..desk.wearers.len() {
            if who == 1 {
                ui.label(RichText::new("face").color(MUTED));
            }
            let words = match who {
                0 => RichText::new("Everyone"),
                // Underlined: it wears something of its own.
                face if desk.wearers[face].own => RichText::new(face.to_string()).underline(),
                face => RichText::new(face.to_string()),
            };
            let chosen = ui
                .selectable_label(desk.who == who, words)
                .on_hover_text(if who == 0 {
                    "Everyone who wears nothing else, and the frame."
                } else {
                    "Faces are numbered as they come into sight. One that goes leaves its number to the next."
                });
            desk.layout.note(&format!("who-{who}"), &chosen);
            if chosen.clicked() {
                desk.who = who;
            }
        }
    });
    let who = desk.who;
    if who > 0 && desk.wearers[who].own {
        let back = ui.button("As everyone");
        desk.layout.note("as-everyone", &back);
        if back.clicked() {
            desk.wearers[who].own = false;
            wishes.orders.push(desk.wear());
        }
    }
}

fn effect(desk: &mut Desk, ui: &mut egui::Ui, wishes: &mut Wishes) {
    if !desk.wearers[desk.who].own {
        ui.heading("As everyone");
        ui.label(RichText::new("Choose an effect for this face below the picture.").color(MUTED));
        return;
    }
    let Some(place) = desk.worn() else {
        ui.heading("No effect");
        ui.label(RichText::new("Choose one below the picture.").color(MUTED));
        return;
    };
    let entry = &desk.effects.entries[place];
    ui.heading(&entry.name);
    ui.label(
        RichText::new(format!("{} · {}", entry.author, entry.license))
            .small()
            .color(MUTED),
    );
    if entry.takes_taps {
        ui.label(RichText::new("Tap the picture.").color(MUTED));
    }
    let slot = desk.slot();
    let values = &mut desk.wearers[desk.who].values[place];
    for (control, value) in entry.controls.iter().zip(values.iter_mut()) {
        let response = set(ui, control, value);
        desk.layout.note(&format!("slider-{}", control.name), &response);
        if response.changed() {
            wishes.orders.push(Order::Set(slot, control.name.clone(), *value));
        }
    }
    if !entry.controls.is_empty() && ui.button("Reset").clicked() {
        *values = defaults(entry);
        wishes.orders.push(desk.wear());
    }
}

/// A slider or a switch.
fn set(ui: &mut egui::Ui, control: &Control, value: &mut f32) -> egui::Response {
    if control.kind == ParamKind::Bool {
        let mut on = *value > 0.5;
        let response = ui.checkbox(&mut on, &control.label);
        *value = f32::from(u8::from(on));
        return response;
    }
    ui.label(&control.label);
    ui.spacing_mut().slider_width = 196.0;
    let slider = Slider::new(value, control.min..=control.max).max_decimals(2);
    ui.add(if control.kind == ParamKind::Int {
        slider.integer()
    } else {
        slider
    })
}

fn view(desk: &mut Desk, ui: &mut egui::Ui, news: &News, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        let mirror = ui.checkbox(&mut desk.mirror, "Mirror");
        desk.layout.note("mirror", &mirror);
        if mirror.changed() {
            wishes.orders.push(Order::Mirror(desk.mirror));
        }
        // Held with the pointer here, or with the key B.
        let button = ui.button("Hold to compare (B)");
        desk.layout.note("compare", &button);
        let held = button.is_pointer_button_down_on() || key_held(ui, egui::Key::B);
        if held != desk.comparing {
            desk.comparing = held;
            wishes.orders.push(Order::Compare(held));
        }
    });
    let disclose = ui.checkbox(&mut desk.disclose, "Tell me whether I am in sight");
    desk.layout.note("disclose", &disclose);
    if disclose.changed() {
        wishes.orders.push(Order::Disclose(desk.disclose));
    }
    let (colour, words) = match news.presence {
        _ if !desk.disclose => (MUTED, "Off: the app learns nothing of who is in sight."),
        Some(Presence::Nobody) => (AMBER, "Nobody is in sight."),
        Some(Presence::One) => (GREEN, "One face is in sight."),
        Some(Presence::Many) => (GREEN, "More than one face is in sight."),
        None => (MUTED, "..."),
    };
    desk.layout
        .note("presence", &ui.label(RichText::new(words).small().color(colour)));
}

/// Whether a key is down that no text field wants.
fn key_held(ui: &egui::Ui, key: egui::Key) -> bool {
    !ui.ctx().text_edit_focused() && ui.input(|input| input.key_down(key))
}

fn export(desk: &mut Desk, ui: &mut egui::Ui, news: &News, wishes: &mut Wishes) {
    ui.label("Export the finished picture to");
    // Locked in, only what was opened at the start can be written.
    let locked = desk.args.lockdown;
    if locked && desk.args.exports.is_empty() {
        let words = "Locked in without --export: no file can be written.";
        ui.label(RichText::new(words).small().color(MUTED));
        return;
    }
    if locked {
        egui::ComboBox::from_id_salt("exports")
            .selected_text(&desk.export)
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for path in &desk.args.exports {
                    let text = path.to_string_lossy().into_owned();
                    ui.selectable_value(&mut desk.export, text.clone(), text);
                }
            });
    } else {
        let field = ui.add(TextEdit::singleline(&mut desk.export).desired_width(f32::INFINITY));
        desk.layout.note("export-path", &field);
    }
    let kind = Kind::of(Path::new(&desk.export));
    let recording = matches!(news.export, Some(ExportNews::Recording { .. }));
    let words = match kind {
        Ok(kind) if kind.is_clip() => format!("Record {CLIP_FRAMES} frames"),
        _ => "Take a photo".to_owned(),
    };
    let button = ui.add_enabled(
        kind.is_ok() && !recording && !desk.paused,
        egui::Button::new(words),
    );
    desk.layout.note("export", &button);
    if button.clicked() {
        wishes.orders.push(Order::Export(PathBuf::from(&desk.export)));
    }
    let (colour, words) = match (&kind, &news.export) {
        (Err(error), _) => (AMBER, error.to_string()),
        (_, Some(ExportNews::Recording { left })) => (AMBER, format!("Recording: {left} frames to go")),
        (_, Some(ExportNews::Done(path))) => (GREEN, format!("Written: {}", path.display())),
        (_, Some(ExportNews::Failed(why))) => (RED, why.clone()),
        (_, None) => (MUTED, "Nothing is written until you press it.".to_owned()),
    };
    desk.layout.note(
        "export-state",
        &ui.label(RichText::new(words).small().color(colour)),
    );
}
