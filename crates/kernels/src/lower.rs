//! From a graph to steps.
//!
//! Nodes are taken one after the other. Most become a step. Those that a step before them can do as well become part of
//! it: a bias, an addition, an activation, if nothing else takes what lies between. Those that only say how values are
//! looked at (transpositions, reshapes, slices, paddings by channels, casts of constants) become nothing. What is none
//! of these, or has an attribute that is not known, is refused.

mod convolution;
mod matrix;
mod node;
mod normalisation;
mod shape;
mod sums;

use std::collections::BTreeMap;

use self::node::Reader;
use crate::KernelError;
use crate::onnx::{Graph, Tensor, values_of};
use crate::step::{After, Form, Kind, Operand, Step};
use crate::weights::Weights;

/// More than any network that this engine is for.
const MOST_ROWS: usize = 4096;

/// The steps of a network, and what it takes and gives.
pub(crate) struct Lowered {
    pub(crate) steps: Vec<Step>,
    pub(crate) weights: Weights,
    pub(crate) input_len: usize,
    /// Name and length.
    pub(crate) outputs: Vec<(String, usize)>,
}

/// How the values of an ONNX tensor lie in a step's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layout {
    /// The tensor is (1, channel, row, column).
    Planar,
    /// The tensor has the order of the rows.
    Rowwise,
    /// The tensor is that of the rows with the last two sides swapped.
    Across,
}

/// A tensor that a node gives: a view of a step's rows.
#[derive(Clone, PartialEq, Debug)]
struct View {
    operand: Operand,
    rows: usize,
    width: usize,
    /// As the tensor has it: perhaps more than the step, and then 0.
    channels: usize,
    layout: Layout,
    shape: Vec<usize>,
}

/// What a name stands for.
#[derive(Clone)]
enum Given {
    Constant(Tensor),
    View(View),
    /// One after the other.
    Parts(Vec<View>, Vec<usize>),
}

struct Lowering<'g, 'a> {
    graph: &'g Graph<'a>,
    given: BTreeMap<&'a str, Given>,
    /// By name: the nodes that take it, one that takes it twice counted twice.
    takers: BTreeMap<&'a str, Vec<usize>>,
    /// Nodes that are part of a step before their turn.
    done: Vec<bool>,
    steps: Vec<Step>,
    weights: Weights,
}

/// Makes steps of `graph`, with the last ones for `outputs`: names of tensors. Constants are added to `weights`.
pub(crate) fn lower(graph: &Graph<'_>, outputs: &[&str], weights: Weights) -> Result<Lowered, KernelError> {
    let mut takers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        for input in &node.inputs {
            takers.entry(input).or_default().push(index);
        }
    }
    // An output is taken by nobody's node, so that no step swallows it.
    for output in graph
        .nodes
        .iter()
        .flat_map(|node| &node.outputs)
        .filter(|it| outputs.contains(it))
    {
        takers.entry(output).or_default().push(usize::MAX);
    }
    let mut lowering = Lowering {
        graph,
        given: BTreeMap::new(),
        takers,
        done: vec![false; graph.nodes.len()],
        steps: Vec::new(),
        weights,
    };
    for (name, tensor) in &graph.constants {
        lowering.given.insert(name, Given::Constant(tensor.clone()));
    }
    let input_len = lowering.input()?;
    for index in 0..graph.nodes.len() {
        if !lowering.done[index] {
            lowering.node(index)?;
        }
    }
    lowering.expect_plain_rows()?;
    let outputs = outputs
        .iter()
        .enumerate()
        .map(|(index, name)| lowering.output(index, name))
        .collect::<Result<_, _>>()?;
    Ok(Lowered {
        steps: lowering.steps,
        weights: lowering.weights.align(),
        input_len,
        outputs,
    })
}

impl<'g, 'a> Lowering<'g, 'a> {
    fn input(&mut self) -> Result<usize, KernelError> {
        let [input] = &self.graph.inputs[..] else {
            return Err(KernelError::Unsupported {
                place: "file".to_owned(),
                expected: "one input",
                found: self.graph.inputs.len().to_string(),
            });
        };
        let (mut form, layout) = match input.shape[..] {
            [1, channels, rows, width] => (Form::new(rows, width, channels), Layout::Planar),
            [1, rows, channels] => (Form::new(rows, 1, channels), Layout::Rowwise),
            _ => {
                return Err(KernelError::Unsupported {
                    place: input.name.to_owned(),
                    expected: "an input of (1, channels, rows, columns) or (1, rows, channels)",
                    found: format!("{:?}", input.shape),
                });
            }
        };
        // A convolution reads single values, and so needs no whole vectors.
        let takers = self.takers.get(input.name).map_or(&[][..], |it| it);
        let dense = |&index: &usize| {
            let node = self.graph.nodes.get(index);
            node.is_some_and(|node| node.operator == "Conv" && !Reader::new(node).is_grouped())
        };
        if layout == Layout::Planar && takers.iter().all(dense) {
            form.stride = form.channels;
        }
        let kind = Kind::Input {
            planar: layout == Layout::Planar,
        };
        self.give(
            input.name,
            Step::new(kind, form),
            layout,
            input.shape.clone(),
            input.name,
        )?;
        values_of(&input.shape, input.name)
    }

    fn output(&mut self, index: usize, name: &str) -> Result<(String, usize), KernelError> {
        let (views, shape) = match self.given.get(name) {
            Some(Given::View(view)) => (vec![view.clone()], view.shape.clone()),
            Some(Given::Parts(views, shape)) => (views.clone(), shape.clone()),
            _ => {
                return Err(KernelError::Undefined {
                    place: "output".to_owned(),
                    tensor: name.to_owned(),
                });
            }
        };
        let declared = self.graph.outputs.iter().find(|it| it.name == name);
        if let Some(declared) = declared
            && declared.shape != shape
        {
            return Err(KernelError::Unsupported {
                place: format!("output {name}"),
                expected: "the shape that its operator gives",
                found: format!("{:?} for {shape:?}", declared.shape),
            });
        }
        let mut at = 0;
        for view in &views {
            let is_whole = view.channels == self.form(view).channels;
            if !is_whole || view.layout == Layout::Across {
                return Err(KernelError::Unsupported {
                    place: format!("output {name}"),
                    expected: "a tensor in the order of its rows or planes",
                    found: format!("{:?}", view.layout),
                });
            }
            let form = Form::new(view.rows, view.width, view.channels);
            let kind = Kind::Output {
                from: view.operand,
                output: index,
                at,
                planar: view.layout == Layout::Planar,
            };
            self.steps.push(Step::new(kind, form));
            at += view.rows * view.width * view.channels;
        }
        Ok((name.to_owned(), values_of(&shape, name)?))
    }

    /// Refuses rows with room for zeros where rows are read in one piece.
    fn expect_plain_rows(&self) -> Result<(), KernelError> {
        for step in &self.steps {
            if let Kind::Left { from, .. } | Kind::Norm { from, .. } = step.kind
                && self.steps[from.step].form.is_padded()
            {
                return Err(KernelError::Unsupported {
                    place: "file".to_owned(),
                    expected: "matrices that no convolution takes",
                    found: "one".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The layout of a view's step.
    fn form(&self, view: &View) -> Form {
        self.steps[view.operand.step].form
    }

    /// Adds `step`, which gives the tensor `name`.
    fn give(
        &mut self,
        name: &'a str,
        step: Step,
        layout: Layout,
        shape: Vec<usize>,
        place: &str,
    ) -> Result<(), KernelError> {
        let form = step.form;
        if form.rows > MOST_ROWS {
            return Err(KernelError::TooLarge {
                place: place.to_owned(),
                limit: MOST_ROWS,
                what: "rows",
            });
        }
        values_of(&[form.rows, form.width, form.stride], place)?;
        let view = View {
            operand: Operand {
                step: self.steps.len(),
                first: 0,
            },
            rows: form.rows,
            width: form.width,
            channels: form.channels,
            layout,
            shape,
        };
        self.steps.push(step);
        self.name(name, Given::View(view), place)
    }

    /// Has `name` stand for `given`.
    fn name(&mut self, name: &'a str, given: Given, place: &str) -> Result<(), KernelError> {
        if self.given.insert(name, given).is_some() {
            return Err(KernelError::Unsupported {
                place: place.to_owned(),
                expected: "one tensor of a name",
                found: "two".to_owned(),
            });
        }
        Ok(())
    }

    /// Whether `view`, which is called `name`, is all that step gives, nothing follows in the step yet, and nothing
    /// but one node takes it: then that node's work may become the step's.
    fn is_open(&self, name: &str, view: &View) -> bool {
        let step = &self.steps[view.operand.step];
        let is_whole =
            view.operand.first == 0 && view.rows == step.form.rows && view.channels == step.form.channels;
        is_whole && step.after == After::Nothing && self.takers.get(name).is_some_and(|it| it.len() == 1)
    }

    /// The only node that takes `name`, if it is an `operator`.
    fn sole_taker(&self, name: &str, operator: &str) -> Option<usize> {
        let [taker] = self.takers.get(name)?[..] else {
            return None;
        };
        let node = self.graph.nodes.get(taker)?;
        (node.operator == operator).then_some(taker)
    }

    fn node(&mut self, index: usize) -> Result<(), KernelError> {
        let graph = self.graph;
        let mut node = Reader::new(&graph.nodes[index]);
        match node.operator() {
            "Add" => self.add(&mut node)?,
            "Cast" => self.cast(&mut node)?,
            "Concat" => self.concat(&mut node)?,
            "Conv" => self.conv(&mut node)?,
            "Identity" => self.identity(&mut node)?,
            "MatMul" => self.matmul(&mut node)?,
            "MaxPool" => self.max_pool(&mut node)?,
            "Pad" => self.pad(&mut node)?,
            "PRelu" | "Relu" | "Sigmoid" => self.activation(&mut node)?,
            "ReduceMean" => {
                if self.normalisation(index)? {
                    return Ok(());
                }
                self.reduce(&mut node)?;
            }
            "ReduceSum" => self.reduce(&mut node)?,
            "Reshape" | "Squeeze" => self.reshape(&mut node)?,
            "Resize" => self.resize(&mut node)?,
            "Slice" => self.slice(&mut node)?,
            "Transpose" => self.transpose(&mut node)?,
            "Div" | "Mul" | "Neg" | "Reciprocal" | "Sqrt" | "Sub" => self.small(&mut node)?,
            _ => return node.unsupported("an operator of the bundled networks", node.operator()),
        }
        node.finish()
    }
}
