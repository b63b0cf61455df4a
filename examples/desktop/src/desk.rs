//! What the user has chosen, and what the window shows of it.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Frame, Margin, TextureHandle};

use crate::args::{Args, Consenting};
use crate::effects::{Effects, Entry};
use crate::layout::Layout;
use crate::news::{News, Order};
use crate::theme::PANEL;
use crate::{
    panel_consent, panel_controls, panel_effects, panel_privacy, panel_statistics, panel_top, preview,
};

/// The state of the user interface.
pub(crate) struct Desk {
    pub(crate) args: Arc<Args>,
    pub(crate) effects: Arc<Effects>,
    pub(crate) thumbnails: Vec<Option<TextureHandle>>,
    pub(crate) worn: Option<usize>,
    /// What the row of effects was last moved to.
    pub(crate) in_sight: Option<usize>,
    /// What is set, by effect, in the order of its controls.
    pub(crate) values: Vec<Vec<f32>>,
    pub(crate) mirror: bool,
    pub(crate) comparing: bool,
    pub(crate) disclose: bool,
    pub(crate) paused: bool,
    /// The file that the next export goes to.
    pub(crate) export: String,
    /// The age that was stated, until the question after it is answered.
    pub(crate) asking: panel_consent::Page,
    /// How the kernel locks the process in, in words.
    pub(crate) lockdown: Vec<String>,
    pub(crate) layout: Layout,
}

/// What an effect's controls are set to at first.
pub(crate) fn defaults(entry: &Entry) -> Vec<f32> {
    entry.controls.iter().map(|control| control.default).collect()
}

/// What a pass of the user interface asks for.
#[derive(Default)]
pub(crate) struct Wishes {
    pub(crate) orders: Vec<Order>,
    /// The person, or a guardian, agreed.
    pub(crate) consent: Option<Consenting>,
    /// The consent is taken back.
    pub(crate) revoke: bool,
    pub(crate) quit: bool,
}

impl Desk {
    pub(crate) fn new(args: Arc<Args>, effects: Arc<Effects>, worn: Option<usize>) -> Self {
        let mut values: Vec<Vec<f32>> = effects.entries.iter().map(defaults).collect();
        if let Some(place) = worn {
            for (control, value) in effects.entries[place].controls.iter().zip(&mut values[place]) {
                if let Some((_, set)) = args.set.iter().find(|(name, _)| *name == control.name) {
                    *value = set.clamp(control.min, control.max);
                }
            }
        }
        let export = args
            .exports
            .first()
            .cloned()
            .unwrap_or_else(|| PathBuf::from("photo.png"));
        Self {
            thumbnails: effects.entries.iter().map(|_| None).collect(),
            values,
            worn,
            in_sight: None,
            mirror: args.mirror,
            comparing: false,
            disclose: args.disclose_presence,
            paused: false,
            export: export.to_string_lossy().into_owned(),
            asking: panel_consent::Page::default(),
            lockdown: Vec::new(),
            layout: Layout::new(args.tell_layout),
            args,
            effects,
        }
    }

    /// What is worn, as an order.
    pub(crate) fn wear(&self) -> Order {
        let Some(place) = self.worn else {
            return Order::Wear(None, Vec::new());
        };
        let controls = self.effects.entries[place]
            .controls
            .iter()
            .zip(&self.values[place]);
        let set = controls.map(|(control, value)| (control.name.clone(), *value));
        Order::Wear(Some(place), set.collect())
    }

    /// Lays everything out. `news` is `None` as long as nobody has consented.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        news: Option<&News>,
        picture: Option<egui::TextureId>,
    ) -> Wishes {
        let mut wishes = Wishes::default();
        let blank = News::default();
        let shown = news.unwrap_or(&blank);
        panel_top::show(self, ui, news);
        panel_effects::show(self, ui, &mut wishes);
        // In a small window the picture and its controls come first.
        if ui.available_width() >= ROOM_FOR_BOTH {
            side(egui::Panel::left("left"), LEFT, ui, news.is_some(), |ui| {
                panel_privacy::show(self, ui, shown, &mut wishes);
                panel_statistics::show(self, ui, shown);
            });
        }
        side(egui::Panel::right("right"), RIGHT, ui, news.is_some(), |ui| {
            panel_controls::show(self, ui, shown, &mut wishes);
        });
        preview::show(self, ui, news, picture, &mut wishes);
        if news.is_none() {
            panel_consent::show(self, ui, &mut wishes);
        }
        wishes
    }
}

/// How wide the panels are, in points.
const LEFT: f32 = 320.0;
const RIGHT: f32 = 296.0;

/// Below this width, in points, the left panel would leave too little of the picture.
const ROOM_FOR_BOTH: f32 = 900.0;

/// A panel beside the picture. As long as nobody has consented there is nothing to press.
fn side(
    panel: egui::Panel,
    width: f32,
    ui: &mut egui::Ui,
    enabled: bool,
    content: impl FnOnce(&mut egui::Ui),
) {
    let frame = Frame::new().fill(PANEL).inner_margin(Margin::symmetric(16, 10));
    panel
        .resizable(false)
        .exact_size(width)
        .frame(frame)
        .show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.add_enabled_ui(enabled, content);
            });
        });
}
