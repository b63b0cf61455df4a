//! The plan, recorded: triggers first, which see what the frame before left, then nodes, which see what triggers made.

use std::collections::BTreeSet;

use moretta_lang::{Face, Mask, Num, Out};

use super::action::{ActionPlan, Event, TriggerPlan, TweenPlan};
use super::draw;
use super::node::NodePlan;
use super::param::Param;
use super::play::{self, Play};
use super::value::{NEVER_S, Recorder, Scope, V};
use crate::manifest::ParamKind;

/// All that there is to record.
pub(super) struct Plan<'p> {
    pub(super) params: &'p [Param<'p>],
    /// Back to front.
    pub(super) nodes: &'p [NodePlan],
    pub(super) triggers: &'p [TriggerPlan],
    /// The place of the first of the host's triggers among its inputs.
    pub(super) first_host: usize,
    /// The place of the tap.
    pub(super) tap: Option<usize>,
    /// The nodes, by place in the manifest, that numbers ask how long ago they were played.
    pub(super) played: &'p BTreeSet<usize>,
}

/// Records the plan.
pub(super) fn record<'b>(face: Face<'b>, out: Out<'b>, plan: &Plan<'_>) {
    let recorder = Recorder::new(face);
    // What is shared has to be there before the registers that use it.
    let machine = Machine::new(&recorder, plan);
    let initial = machine.initial();
    let mut after = None;
    let registers = with_registers(face, &initial, &mut |before| {
        let (frame, next) = machine.step(before);
        after = Some(frame);
        next
    });
    debug_assert_eq!(registers, initial.len());
    let Some(frame) = after else { return };
    let scope = machine.scope(&frame);
    for (index, node) in plan.nodes.iter().enumerate() {
        let play = frame.plays[index].as_ref();
        draw::draw(&recorder, out, index as u32, node, play, &scope);
    }
}

/// Makes a register for each of `initial`; `step` makes the new contents out of what all of them were.
fn with_registers<'b>(
    face: Face<'b>,
    initial: &[f32],
    step: &mut dyn FnMut(&[Num<'b>]) -> Vec<Num<'b>>,
) -> usize {
    /// One register within the step of another: each is asked for its next content after `before` is complete.
    fn nest<'b>(
        face: Face<'b>,
        initial: &[f32],
        before: &mut Vec<Num<'b>>,
        next: &mut Vec<Num<'b>>,
        step: &mut dyn FnMut(&[Num<'b>]) -> Vec<Num<'b>>,
    ) {
        let Some((first, rest)) = initial.split_first() else {
            *next = step(before);
            return;
        };
        let _ = face.state(*first, |was| {
            let place = before.len();
            before.push(was);
            nest(face, rest, before, next, step);
            next.get(place).copied().unwrap_or(was)
        });
    }
    let mut next = Vec::new();
    nest(face, initial, &mut Vec::new(), &mut next, step);
    next.len()
}

/// What triggers have made of one frame.
struct Frame<'b> {
    params: Vec<V<'b>>,
    state: V<'b>,
    /// By place in the manifest.
    played: Vec<V<'b>>,
    /// By place in the plan.
    plays: Vec<Option<Play<'b>>>,
}

/// Where the registers lie: the state, then of each tweened parameter, of each touched node, of each node asked for.
struct Machine<'m, 'b> {
    recorder: &'m Recorder<'b>,
    plan: &'m Plan<'m>,
    /// By parameter, its tweens; the action of a tween is its place here, from 1.
    tweens: Vec<Vec<TweenPlan>>,
    /// By place in the plan: whether a trigger plays or stops it, or it waits for one.
    touched: Vec<bool>,
    /// By place in the plan, whether a number asks how long ago it was played.
    asked: Vec<bool>,
    moves: bool,
    manifest_nodes: usize,
}

/// What triggers ask for in one frame. `None`: no trigger ever does.
struct Orders<'b> {
    state: V<'b>,
    /// By place in the plan.
    play: Vec<Option<Mask<'b>>>,
    stop: Vec<Option<Mask<'b>>>,
    /// By parameter: the place of the tween that begins, from 1, or 0.
    tween: Vec<V<'b>>,
}

/// The registers of a tweened parameter: which tween it is in, for how long, and where it came from.
const TWEEN_REGISTERS: usize = 3;

impl<'m, 'b> Machine<'m, 'b> {
    fn new(recorder: &'m Recorder<'b>, plan: &'m Plan<'m>) -> Self {
        let actions: Vec<ActionPlan> = plan.triggers.iter().flat_map(TriggerPlan::all_actions).collect();
        let mut tweens = vec![Vec::new(); plan.params.len()];
        for action in &actions {
            if let ActionPlan::Tween(tween) = action {
                let known: &mut Vec<TweenPlan> = &mut tweens[tween.param];
                if !known.contains(tween) {
                    known.push(*tween);
                }
            }
        }
        let acts_on = |node: &NodePlan| {
            actions.iter().any(|action| match action {
                ActionPlan::Play(place) | ActionPlan::Stop(place) => *place == node.place,
                ActionPlan::SetState(_) | ActionPlan::Tween(_) => false,
            })
        };
        let nodes = plan.nodes.iter();
        Self {
            recorder,
            plan,
            tweens,
            touched: nodes
                .clone()
                .map(|node| node.play.triggered || acts_on(node))
                .collect(),
            asked: nodes
                .clone()
                .map(|node| plan.played.contains(&node.place))
                .collect(),
            moves: actions
                .iter()
                .any(|action| matches!(action, ActionPlan::SetState(_))),
            manifest_nodes: nodes.map(|node| node.place + 1).max().unwrap_or(0),
        }
    }

    /// What the registers begin with, in their order.
    fn initial(&self) -> Vec<f32> {
        let mut initial = Vec::new();
        if self.moves {
            initial.push(0.0);
        }
        for tweens in &self.tweens {
            if !tweens.is_empty() {
                initial.extend([0.0; TWEEN_REGISTERS]);
            }
        }
        for (node, touched) in self.plan.nodes.iter().zip(&self.touched) {
            if *touched {
                initial.extend(play::initial(node));
            }
        }
        initial.extend(self.asked.iter().filter(|asked| **asked).map(|_| NEVER_S));
        initial
    }

    fn scope<'s>(&self, frame: &'s Frame<'b>) -> Scope<'s, 'b> {
        Scope {
            params: &frame.params,
            state: frame.state,
            played: &frame.played,
            first_host: self.plan.first_host as u32,
            tap: self.plan.tap.map(|tap| tap as u32),
        }
    }

    /// What this frame is, and the new contents of the registers, out of the old ones.
    fn step(&self, before: &[Num<'b>]) -> (Frame<'b>, Vec<Num<'b>>) {
        let mut registers = before.iter().copied();
        let old_state = if self.moves {
            registers.next().map_or(V::Constant(0.0), V::Num)
        } else {
            V::Constant(0.0)
        };
        let old_tweens: Vec<Option<[Num<'b>; TWEEN_REGISTERS]>> = self
            .tweens
            .iter()
            .map(|tweens| take(&mut registers, !tweens.is_empty()))
            .collect();
        let old_plays: Vec<Option<[Num<'b>; play::REGISTERS]>> = self
            .touched
            .iter()
            .map(|touched| take(&mut registers, *touched))
            .collect();
        let old_played: Vec<Option<[Num<'b>; 1]>> = self
            .asked
            .iter()
            .map(|asked| take(&mut registers, *asked))
            .collect();

        let old = Frame {
            params: self.params(&old_tweens),
            state: old_state,
            played: self.played(&old_played),
            plays: Vec::new(),
        };
        let orders = self.orders(&old);

        let mut next = Vec::with_capacity(before.len());
        if self.moves {
            next.push(self.recorder.num(orders.state));
        }
        let mut tweens = Vec::new();
        for (param, old_registers) in old_tweens.iter().enumerate() {
            let registers = old_registers
                .map(|registers| self.advance_tween(registers, orders.tween[param], old.params[param]));
            next.extend(registers.into_iter().flatten());
            tweens.push(registers);
        }
        let mut plays = Vec::new();
        for (index, node) in self.plan.nodes.iter().enumerate() {
            let Some(registers) = old_plays[index] else {
                plays.push(play::untouched(self.recorder, node));
                continue;
            };
            let (play, stop) = (orders.play[index], orders.stop[index]);
            let registers = play::advance(self.recorder, node, registers, play, stop);
            next.extend(registers);
            plays.push(Some(play::of_registers(node, registers)));
        }
        let mut played = Vec::new();
        for (index, old_registers) in old_played.iter().enumerate() {
            let registers = old_registers.map(|[seconds]| {
                let later = play::later(self.recorder, seconds);
                [orders.play[index].map_or(later, |play| play.select(0.0, later))]
            });
            next.extend(registers.into_iter().flatten());
            played.push(registers);
        }
        let frame = Frame {
            params: self.params(&tweens),
            state: orders.state,
            played: self.played(&played),
            plays,
        };
        (frame, next)
    }

    /// Runs all triggers, in their order.
    fn orders(&self, old: &Frame<'b>) -> Orders<'b> {
        let scope = self.scope(old);
        let mut orders = Orders {
            state: old.state,
            play: vec![None; self.plan.nodes.len()],
            stop: vec![None; self.plan.nodes.len()],
            tween: vec![V::Constant(0.0); self.plan.params.len()],
        };
        for trigger in self.plan.triggers {
            let (fires, ends) = self.trigger(trigger, &scope);
            for action in &trigger.actions {
                self.order(&mut orders, *action, fires);
            }
            if let Some(ends) = ends {
                for action in &trigger.undo {
                    self.order(&mut orders, *action, ends);
                }
            }
        }
        orders
    }

    fn order(&self, orders: &mut Orders<'b>, action: ActionPlan, fires: Mask<'b>) {
        let recorder = self.recorder;
        let set = |on: &mut Option<Mask<'b>>| *on = Some(on.map_or(fires, |on| on | fires));
        let clear = |off: &mut Option<Mask<'b>>| *off = off.map(|off| off & !fires);
        match action {
            ActionPlan::SetState(state) => {
                orders.state = V::Num(fires.select(state as f32, recorder.num(orders.state)));
            }
            ActionPlan::Tween(tween) => {
                let tweens = self.tweens[tween.param].iter();
                let place = tweens.take_while(|known| **known != tween).count() + 1;
                let order = &mut orders.tween[tween.param];
                *order = V::Num(fires.select(place as f32, recorder.num(*order)));
            }
            ActionPlan::Play(place) | ActionPlan::Stop(place) => {
                // A node that this version leaves out is not in the plan.
                let index = self.plan.nodes.iter().position(|node| node.place == place);
                let Some(index) = index else { return };
                let (play, stop) = (&mut orders.play[index], &mut orders.stop[index]);
                if let ActionPlan::Play(_) = action {
                    set(play);
                    clear(stop);
                } else {
                    set(stop);
                    clear(play);
                }
            }
        }
    }

    /// When a trigger fires, and when what it fired for ends.
    ///
    /// 1. The number is latched between its two thresholds, and has to hold.
    /// 2. It fires in the frame in which that begins, if the condition holds and no cooldown is left.
    /// 3. Having fired, it is active until the latch opens.
    fn trigger(&self, trigger: &TriggerPlan, scope: &Scope<'_, 'b>) -> (Mask<'b>, Option<Mask<'b>>) {
        let recorder = self.recorder;
        let motion = recorder.motion();
        let face = recorder.face;
        let (latch, begins) = match &trigger.event {
            Event::Level { on, enter, exit } => {
                let on = recorder.num(recorder.value(on, scope));
                let latch = motion.latch(on, *enter, *exit);
                let held = if trigger.hold_s > 0.0 {
                    motion.held_for(latch, trigger.hold_s)
                } else {
                    latch
                };
                (Some(latch), motion.rises(held))
            }
            Event::FaceFound => {
                let found = face.faces().gt(0.5);
                (Some(found), motion.rises(found))
            }
            Event::FaceLost => {
                let lost = !face.faces().gt(0.5);
                (Some(lost), motion.rises(lost))
            }
            Event::Tap => {
                let tap = self
                    .plan
                    .tap
                    .map_or(face.constant(0.0), |tap| face.param(tap as u32));
                (None, tap.gt(0.5))
            }
            Event::Every(seconds) => (None, every(recorder, *seconds)),
            Event::After(seconds) => (None, motion.rises(recorder.age().ge(*seconds))),
        };
        let mut fires = begins;
        if let Some(when) = &trigger.when {
            fires = fires & recorder.mask(recorder.value(when, scope));
        }
        if trigger.cooldown_s > 0.0 {
            fires = cool(recorder, fires, trigger.cooldown_s);
        }
        let ends = latch.filter(|_| !trigger.undo.is_empty()).map(|latch| {
            let mut ends = latch;
            let _ = face.state(0.0, |was| {
                let active = was.gt(0.5);
                ends = active & !latch;
                (fires | (active & latch)).select(1.0, 0.0)
            });
            ends
        });
        (fires, ends)
    }

    /// The parameters as the host has set them and tweens have moved them.
    fn params(&self, tweens: &[Option<[Num<'b>; TWEEN_REGISTERS]>]) -> Vec<V<'b>> {
        let params = self.plan.params.iter().enumerate();
        params
            .map(|(index, param)| {
                let host = self.host_param(param);
                let value = match tweens[index] {
                    None => host,
                    Some(registers) => self.tweened(&self.tweens[index], registers, host),
                };
                match param.spec.kind {
                    ParamKind::Int => V::Num(self.recorder.num(value).floor()),
                    ParamKind::Float | ParamKind::Bool => value,
                }
            })
            .collect()
    }

    fn host_param(&self, param: &Param<'_>) -> V<'b> {
        match param.input {
            None => V::Constant(param.default),
            Some(input) => V::Num(self.recorder.face.param(input as u32).clamp(param.min, param.max)),
        }
    }

    /// A parameter in a tween.
    fn tweened(
        &self,
        tweens: &[TweenPlan],
        [action, elapsed, from]: [Num<'b>; TWEEN_REGISTERS],
        host: V<'b>,
    ) -> V<'b> {
        let recorder = self.recorder;
        let of = |number: fn(&TweenPlan) -> f32| {
            let first = tweens.first().map_or(0.0, number);
            let rest = tweens.iter().enumerate().skip(1);
            // Most tweens of a parameter are alike in most things.
            rest.fold(V::Constant(first), |chosen, (index, tween)| match chosen {
                V::Constant(constant) if constant == number(tween) => chosen,
                _ => {
                    let later = action.gt(index as f32 + 0.5);
                    V::Num(later.select(number(tween), recorder.num(chosen)))
                }
            })
        };
        let seconds = recorder.num(of(|tween| tween.seconds));
        let linear = elapsed.ge(seconds).select(1.0, elapsed / seconds);
        let share = match of(|tween| f32::from(u8::from(tween.smooth))) {
            V::Constant(0.0) => linear,
            V::Constant(_) => linear.smoothstep(0.0, 1.0),
            mixed => recorder.mask(mixed).select(linear.smoothstep(0.0, 1.0), linear),
        };
        let host = recorder.num(host);
        let back = of(|tween| f32::from(u8::from(tween.to.is_none())));
        let to = of(|tween| tween.to.unwrap_or_default());
        let to = match back {
            V::Constant(0.0) => recorder.num(to),
            V::Constant(_) => host,
            mixed => recorder.mask(mixed).select(host, recorder.num(to)),
        };
        V::Num(action.gt(0.5).select(from.mix(to, share), host))
    }

    fn advance_tween(
        &self,
        [action, elapsed, from]: [Num<'b>; TWEEN_REGISTERS],
        order: V<'b>,
        value: V<'b>,
    ) -> [Num<'b>; TWEEN_REGISTERS] {
        let recorder = self.recorder;
        let order = recorder.num(order);
        let begins = order.gt(0.5);
        [
            begins.select(order, action),
            begins.select(0.0, play::later(recorder, elapsed)),
            begins.select(recorder.num(value), from),
        ]
    }

    /// By place in the manifest, out of the registers by place in the plan.
    fn played(&self, registers: &[Option<[Num<'b>; 1]>]) -> Vec<V<'b>> {
        let mut played = vec![V::Constant(NEVER_S); self.manifest_nodes];
        for (node, registers) in self.plan.nodes.iter().zip(registers) {
            if let Some([seconds]) = registers {
                played[node.place] = V::Num(*seconds);
            }
        }
        played
    }
}

/// The next registers, if there are any of this kind.
fn take<'b, const N: usize>(
    registers: &mut impl Iterator<Item = Num<'b>>,
    there: bool,
) -> Option<[Num<'b>; N]> {
    if !there {
        return None;
    }
    let taken: Vec<Num<'b>> = registers.take(N).collect();
    taken.try_into().ok()
}

/// Holds in one frame of every `seconds`.
fn every<'b>(recorder: &Recorder<'b>, seconds: f32) -> Mask<'b> {
    let dt = recorder.face.dt();
    let first = recorder.motion().first_frame();
    let mut fires = first;
    let _ = recorder.face.state(0.0, |before| {
        let elapsed = first.select(0.0, before + dt);
        fires = elapsed.ge(seconds);
        // What is over counts for the next; after a long frame, the alarms in it are one.
        let rest = elapsed - (elapsed / seconds).floor() * seconds;
        fires.select(rest, elapsed)
    });
    fires
}

/// The frames of `fires` that are not within `seconds` of one before.
fn cool<'b>(recorder: &Recorder<'b>, fires: Mask<'b>, seconds: f32) -> Mask<'b> {
    let dt = recorder.face.dt();
    let mut cooled = fires;
    let _ = recorder.face.state(0.0, |before| {
        let left = (before - dt).max(0.0);
        cooled = fires & left.le(0.0);
        cooled.select(seconds, left)
    });
    cooled
}
