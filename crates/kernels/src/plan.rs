use std::fmt;

use crate::lower::{Lowered, lower};
use crate::onnx::Graph;
use crate::path::Chosen;
use crate::run::{Memory, turn};
use crate::schedule::{LINE, Schedule};
use crate::step::Step;
use crate::weights::{Weights, line};
use crate::{KernelError, Path};

/// What is shown each row of a run.
type Look<'l> = &'l mut dyn FnMut(&[f32]);

/// A network, ready to run: weights, in the order in which they are read, and a schedule. It holds no face, and threads
/// may share it.
pub struct Plan {
    path: Chosen,
    pub(crate) steps: Vec<Step>,
    pub(crate) weights: Weights,
    pub(crate) schedule: Schedule,
    input_len: usize,
    outputs: Vec<(String, usize)>,
    /// A row of zeros, as long as any.
    pub(crate) zeros: Vec<f32>,
    /// A pixel of ones, with as many channels as any.
    pub(crate) ones: Vec<f32>,
}

impl Plan {
    /// Plans the network of an ONNX file, whose content is `bytes`, by the best path of this processor.
    ///
    /// # Errors
    /// [`KernelError::Malformed`] if they are no such file; [`KernelError::Unsupported`], [`KernelError::Undefined`] and
    /// [`KernelError::TooLarge`] if the network is none that this engine computes.
    pub fn load(bytes: &[u8]) -> Result<Self, KernelError> {
        Self::load_by(bytes, Path::best())
    }

    /// Plans the network by `path`.
    ///
    /// # Errors
    /// Those of [`Plan::load`], and [`KernelError::Path`] if this processor does not have its instructions.
    pub fn load_by(bytes: &[u8], path: Path) -> Result<Self, KernelError> {
        let graph = Graph::read(bytes)?;
        let outputs: Vec<&str> = graph.outputs.iter().map(|it| it.name).collect();
        Self::of(&graph, &outputs, path)
    }

    /// Plans the part of the network that gives the tensors `outputs`, some of [`tensors`](crate::tensors), each in the
    /// order of its ONNX shape: to compare engines layer by layer. A run computes what these need, and no more.
    ///
    /// # Errors
    /// Those of [`Plan::load_by`]; [`KernelError::Undefined`] if there is no such tensor, and
    /// [`KernelError::Unsupported`] if it is one that is never in memory in one piece.
    pub fn load_part(bytes: &[u8], outputs: &[&str], path: Path) -> Result<Self, KernelError> {
        Self::of(&Graph::read(bytes)?, outputs, path)
    }

    fn of(graph: &Graph<'_>, outputs: &[&str], path: Path) -> Result<Self, KernelError> {
        let path = Chosen::of(path)?;
        let Lowered {
            steps,
            weights,
            input_len,
            outputs,
        } = lower(graph, outputs, Weights::new(path.is_wide()))?;
        let schedule = Schedule::new(&steps)?;
        let longest = steps.iter().map(|step| step.form.pitch()).max();
        let widest = steps.iter().map(|step| step.form.stride).max();
        Ok(Self {
            path,
            weights,
            schedule,
            input_len,
            outputs,
            zeros: vec![0.0; longest.unwrap_or(0)],
            ones: vec![1.0; widest.unwrap_or(0)],
            steps,
        })
    }

    /// By which instructions it runs.
    pub fn path(&self) -> Path {
        self.path.path()
    }

    /// How many values the input has.
    pub fn input_len(&self) -> usize {
        self.input_len
    }

    /// The name of each output in the file, and how many values it has, in order.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.outputs.iter().map(|(name, len)| (name.as_str(), *len))
    }

    /// How many values of scratch a run needs.
    pub fn scratch_len(&self) -> usize {
        // Some to spare, to begin at the start of a line of the cache.
        self.schedule.len + LINE - 1
    }

    /// Computes the `outputs` for `input`, in the order and shape of the file.
    ///
    /// All that a run computes lies in the first [`scratch_len`](Self::scratch_len) values of `scratch`, and in
    /// `outputs`. What `scratch` holds before is of no account, and what it holds after are activations: face data, if
    /// `input` is. A run allocates nothing, and neither where it reads and writes nor what it branches on depends on a
    /// value.
    ///
    /// # Errors
    /// [`KernelError::Scratch`], [`KernelError::Input`], [`KernelError::OutputCount`] and [`KernelError::OutputLength`]
    /// if lengths differ, with nothing written. [`KernelError::Bug`] never, unless there is one.
    pub fn run(
        &self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), KernelError> {
        self.run_and_show(scratch, input, outputs, None)
    }

    /// Runs like [`Plan::run`], and shows `look` each row as soon as it is computed, as it lies in `scratch`: channel
    /// beside channel, pixel beside pixel.
    ///
    /// For whoever has to know activations to look for them elsewhere, as run-time proofs do.
    ///
    /// # Errors
    /// Those of [`Plan::run`].
    pub fn run_observed(
        &self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
        look: Look<'_>,
    ) -> Result<(), KernelError> {
        self.run_and_show(scratch, input, outputs, Some(look))
    }

    fn run_and_show(
        &self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
        mut look: Option<Look<'_>>,
    ) -> Result<(), KernelError> {
        self.check(scratch, input, outputs)?;
        let start = line(scratch);
        let values = scratch
            .get_mut(start..start + self.schedule.len)
            .ok_or(KernelError::Bug)?;
        let mut memory = Memory {
            values,
            input,
            outputs,
        };
        for &it in &self.schedule.turns {
            turn(self, self.path, &mut memory, it)?;
            if let Some(look) = &mut look {
                it.rows()
                    .for_each(|row| look(self.row(it.step(), row, memory.values)));
            }
        }
        Ok(())
    }

    fn check(&self, scratch: &[f32], input: &[f32], outputs: &[&mut [f32]]) -> Result<(), KernelError> {
        if scratch.len() < self.scratch_len() {
            return Err(KernelError::Scratch {
                expected: self.scratch_len(),
                found: scratch.len(),
            });
        }
        if input.len() != self.input_len {
            return Err(KernelError::Input {
                expected: self.input_len,
                found: input.len(),
            });
        }
        if outputs.len() != self.outputs.len() {
            return Err(KernelError::OutputCount {
                expected: self.outputs.len(),
                found: outputs.len(),
            });
        }
        for (output, ((_, expected), slice)) in self.outputs.iter().zip(outputs).enumerate() {
            if slice.len() != *expected {
                return Err(KernelError::OutputLength {
                    output,
                    expected: *expected,
                    found: slice.len(),
                });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("path", &self.path())
            .field("steps", &self.steps.len())
            .field("turns", &self.schedule.turns.len())
            .field("scratch", &self.schedule.len)
            .finish_non_exhaustive()
    }
}

/// The names of the tensors that the operators of an ONNX file give, constants left out.
///
/// # Errors
/// [`KernelError::Malformed`] and [`KernelError::Unsupported`] if `bytes` are no such file.
pub fn tensors(bytes: &[u8]) -> Result<Vec<String>, KernelError> {
    let graph = Graph::read(bytes)?;
    let computed = graph.nodes.iter().filter(|node| node.operator != "Cast");
    Ok(computed
        .flat_map(|node| &node.outputs)
        .map(|it| (*it).to_owned())
        .collect())
}
