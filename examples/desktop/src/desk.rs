//! What the user has chosen, and what the window shows of it.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Frame, Margin, TextureHandle};

use crate::args::{Args, Consenting};
use crate::effects::{Effects, Entry};
use crate::layout::Layout;
use crate::news::{Dress, FACES, News, Order, Outfit};
use crate::theme::PANEL;
use crate::{
    panel_consent, panel_controls, panel_effects, panel_privacy, panel_statistics, panel_top, preview,
};

/// The state of the user interface.
pub(crate) struct Desk {
    pub(crate) args: Arc<Args>,
    pub(crate) effects: Arc<Effects>,
    pub(crate) thumbnails: Vec<Option<TextureHandle>>,
    /// Everyone first, then faces by slot.
    pub(crate) wearers: Vec<Wearer>,
    /// Which of them is dressed.
    pub(crate) who: usize,
    /// What the row of effects was last moved to.
    pub(crate) in_sight: Option<usize>,
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

/// Everyone, or a face, and what is chosen for it.
pub(crate) struct Wearer {
    /// Whether it is dressed by itself, and not as everyone.
    pub(crate) own: bool,
    pub(crate) worn: Option<usize>,
    /// What is set, by effect, in the order of its controls.
    pub(crate) values: Vec<Vec<f32>>,
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
        let wearer = |own| Wearer {
            own,
            worn: None,
            values: effects.entries.iter().map(defaults).collect(),
        };
        let mut everyone = wearer(true);
        everyone.worn = worn;
        if let Some(place) = worn {
            let values = &mut everyone.values[place];
            for (control, value) in effects.entries[place].controls.iter().zip(values) {
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
            wearers: std::iter::once(everyone)
                .chain((0..FACES).map(|_| wearer(false)))
                .collect(),
            who: 0,
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

    /// The slot that is dressed; `None` for everyone.
    pub(crate) fn slot(&self) -> Option<usize> {
        self.who.checked_sub(1)
    }

    /// The effect that is worn by who is dressed, if any.
    pub(crate) fn worn(&self) -> Option<usize> {
        let wearer = &self.wearers[self.who];
        if wearer.own { wearer } else { &self.wearers[0] }.worn
    }

    /// Puts an effect, or none, on who is dressed.
    pub(crate) fn choose(&mut self, place: Option<usize>) {
        let wearer = &mut self.wearers[self.who];
        (wearer.own, wearer.worn) = (true, place);
    }

    /// Who wears what, as an order.
    pub(crate) fn wear(&self) -> Order {
        let dress = |wearer: &Wearer| Dress {
            effect: wearer.worn,
            set: wearer.worn.map_or_else(Vec::new, |place| {
                let controls = self.effects.entries[place].controls.iter();
                let set = controls.zip(&wearer.values[place]);
                set.map(|(control, value)| (control.name.clone(), *value))
                    .collect()
            }),
        };
        let mut outfit = Outfit {
            everyone: dress(&self.wearers[0]),
            ..Outfit::default()
        };
        for (own, wearer) in outfit.own.iter_mut().zip(&self.wearers[1..]) {
            *own = wearer.own.then(|| dress(wearer));
        }
        Order::Wear(outfit)
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
