//! What protects the faces, in Moretta's words and in the kernel's, and how to end it.

use egui::{Grid, RichText};
use moretta::Policy;

use crate::desk::{Desk, Wishes};
use crate::news::{News, Order, Pause};
use crate::system::{Status, mib};
use crate::theme::{AMBER, GREEN, MUTED};

/// Shows the panel, and notes what was asked for.
pub(crate) fn show(desk: &mut Desk, ui: &mut egui::Ui, news: &News, wishes: &mut Wishes) {
    ui.heading("Privacy");
    ui.horizontal_wrapped(|ui| {
        let pause = ui.button(if desk.paused { "Go on" } else { "Pause" });
        desk.layout.note("pause", &pause);
        if pause.clicked() {
            desk.paused = !desk.paused;
            wishes.orders.push(Order::Pause(Pause::Asked, desk.paused));
        }
        let wipe = ui.button("Wipe now");
        desk.layout.note("wipe", &wipe);
        if wipe.clicked() {
            wishes.orders.push(Order::Wipe);
        }
        let revoke = ui.button("Revoke consent");
        desk.layout.note("revoke", &revoke);
        wishes.revoke |= revoke.clicked();
    });
    let grid = Grid::new("protection")
        .num_columns(2)
        .spacing([14.0, 3.0])
        .min_row_height(20.0)
        .show(ui, |ui| {
            rows(desk, ui, news);
        });
    desk.layout.note("privacy", &grid.response);
    if let Some(why) = &news.fell_back {
        ui.label(RichText::new(why).small().color(AMBER));
    }
    regions(ui, news);
    ui.separator();
}

fn rows(desk: &Desk, ui: &mut egui::Ui, news: &News) {
    let policy = match news.policy {
        Some(Policy::Strict) => "strict",
        Some(Policy::BestEffort) => "best effort",
        None => "-",
    };
    row(ui, "policy", policy);
    if let Some(protection) = &news.protection {
        let (colour, words) = if protection.is_whole() {
            (GREEN, "yes")
        } else {
            (AMBER, "no")
        };
        ui.label(RichText::new("every protection holds").color(MUTED));
        ui.colored_label(colour, words);
        ui.end_row();
        row(ui, "locked", &mib(protection.locked_bytes() as u64));
    }
    row(ui, "each frame is wiped", "when it ends");
    if let Some(whose) = news.keeps_copies {
        ui.label(RichText::new("but not the copies of").color(MUTED));
        ui.colored_label(AMBER, format!("{whose}, until it reuses them"));
        ui.end_row();
    }
    if let Some(statistics) = &news.statistics {
        let last = match news.wiped {
            Some(when) => format!("{} times, {} s ago", statistics.wipes, when.elapsed().as_secs()),
            None => format!("{} times", statistics.wipes),
        };
        row(ui, "everything was wiped", &last);
    }
    kernel(desk, ui);
}

/// What the kernel says, which Moretta has no say in.
fn kernel(desk: &Desk, ui: &mut egui::Ui) {
    if let Some(status) = Status::now() {
        let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), mib);
        row(ui, "kernel: VmLck", &bytes(status.locked_bytes()));
        row(ui, "kernel: seccomp", status.seccomp());
    }
    if desk.lockdown.is_empty() {
        row(ui, "locked in", "no: start with --lockdown");
    }
    for words in &desk.lockdown {
        row(ui, "locked in", words);
    }
}

fn row(ui: &mut egui::Ui, name: &str, value: &str) {
    ui.label(RichText::new(name).color(MUTED));
    ui.label(value);
    ui.end_row();
}

/// Every piece of memory that may hold a face.
fn regions(ui: &mut egui::Ui, news: &News) {
    let Some(protection) = &news.protection else {
        return;
    };
    ui.collapsing("Memory that may hold a face", |ui| {
        Grid::new("regions")
            .num_columns(4)
            .striped(true)
            .spacing([12.0, 2.0])
            .show(ui, |ui| {
                for title in ["for", "size", "locked", "no dump"] {
                    ui.label(RichText::new(title).small().color(MUTED));
                }
                ui.end_row();
                for region in &protection.regions {
                    ui.label(RichText::new(region.purpose.to_string()).small());
                    ui.label(RichText::new(mib(region.bytes as u64)).small());
                    ui.label(RichText::new(region.locked.to_string()).small());
                    ui.label(RichText::new(region.no_dump.to_string()).small());
                    ui.end_row();
                }
            });
    });
}
