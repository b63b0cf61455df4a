use std::ops::RangeInclusive;

use super::{Given, Lowering, View};
use crate::KernelError;
use crate::onnx::{Attribute, Node, Tensor, Values};

/// A node whose attributes are taken one by one, so that one that nobody takes is seen.
pub(super) struct Reader<'g, 'a> {
    node: &'g Node<'a>,
    taken: Vec<&'static str>,
}

impl<'g, 'a> Reader<'g, 'a> {
    pub(super) fn new(node: &'g Node<'a>) -> Self {
        Self {
            node,
            taken: Vec::new(),
        }
    }

    pub(super) fn operator(&self) -> &'a str {
        self.node.operator
    }

    /// The operator and the name of what it gives, for messages.
    pub(super) fn place(&self) -> String {
        let name = self.node.outputs.first().copied().unwrap_or_default();
        format!("{} {name}", self.node.operator)
    }

    pub(super) fn unsupported<T>(
        &self,
        expected: &'static str,
        found: impl ToString,
    ) -> Result<T, KernelError> {
        Err(KernelError::Unsupported {
            place: self.place(),
            expected,
            found: found.to_string(),
        })
    }

    /// The name of the only tensor that the node gives.
    pub(super) fn output(&self) -> Result<&'a str, KernelError> {
        match self.node.outputs[..] {
            [name] if !name.is_empty() => Ok(name),
            _ => self.unsupported("one output", self.node.outputs.len()),
        }
    }

    /// The name of input `index`, if there is one.
    pub(super) fn input(&self, index: usize) -> Option<&'a str> {
        let name = self.node.inputs.get(index).copied();
        name.filter(|it| !it.is_empty())
    }

    pub(super) fn inputs(&self) -> &'g [&'a str] {
        &self.node.inputs
    }

    /// Refuses a node of more or fewer inputs.
    pub(super) fn expect_inputs(&self, counts: RangeInclusive<usize>) -> Result<(), KernelError> {
        if counts.contains(&self.node.inputs.len()) {
            return Ok(());
        }
        self.unsupported("as many inputs as the operator has", self.node.inputs.len())
    }

    fn attribute(&mut self, name: &'static str) -> Option<&'g Attribute<'a>> {
        self.taken.push(name);
        let found = self.node.attributes.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| value)
    }

    pub(super) fn int(&mut self, name: &'static str, default: i64) -> Result<i64, KernelError> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Int(value)) => Ok(*value),
            Some(other) => self.unsupported("an integer", format!("{name} {other:?}")),
        }
    }

    pub(super) fn ints(&mut self, name: &'static str, default: &[i64]) -> Result<Vec<i64>, KernelError> {
        match self.attribute(name) {
            None => Ok(default.to_vec()),
            Some(Attribute::Ints(values)) => Ok(values.clone()),
            Some(other) => self.unsupported("integers", format!("{name} {other:?}")),
        }
    }

    /// Refuses an attribute `name` other than `expected`; `default` is what it is if it is left out.
    pub(super) fn expect_text(
        &mut self,
        name: &'static str,
        default: &str,
        expected: &'static str,
    ) -> Result<(), KernelError> {
        let found = match self.attribute(name) {
            None => default,
            Some(Attribute::Text(text)) => text,
            Some(other) => return self.unsupported("a text", format!("{name} {other:?}")),
        };
        if found == expected {
            return Ok(());
        }
        self.unsupported(expected, format!("{name} {found:?}"))
    }

    /// Refuses an attribute `name` other than `expected`, which is also what it is if it is left out.
    pub(super) fn expect_ints(
        &mut self,
        name: &'static str,
        expected: &'static [i64],
    ) -> Result<(), KernelError> {
        let found = self.ints(name, expected)?;
        if found == expected {
            return Ok(());
        }
        self.unsupported("the attribute's plainest value", format!("{name} {found:?}"))
    }

    /// Refuses an attribute `name` other than `expected`, which is also what it is if it is left out.
    pub(super) fn expect_int(&mut self, name: &'static str, expected: i64) -> Result<(), KernelError> {
        let found = self.int(name, expected)?;
        if found == expected {
            return Ok(());
        }
        self.unsupported("the attribute's plainest value", format!("{name} {found}"))
    }

    /// Refuses attributes that nobody has taken, and those that are there twice.
    pub(super) fn finish(&self) -> Result<(), KernelError> {
        for (index, (name, _)) in self.node.attributes.iter().enumerate() {
            let twice = self.node.attributes[..index].iter().any(|(it, _)| it == name);
            if twice || !self.taken.contains(name) {
                return self.unsupported("known attributes, once each", name);
            }
        }
        Ok(())
    }

    /// Whether a convolution takes some channels apart from others.
    pub(super) fn is_grouped(&mut self) -> bool {
        self.int("group", 1) != Ok(1)
    }
}

impl<'a> Lowering<'_, 'a> {
    pub(super) fn given(&self, node: &Reader<'_, 'a>, index: usize) -> Result<&Given, KernelError> {
        let tensor = node.input(index).unwrap_or_default();
        self.given.get(tensor).ok_or_else(|| KernelError::Undefined {
            place: node.place(),
            tensor: tensor.to_owned(),
        })
    }

    /// Input `index`, which must be no constant.
    pub(super) fn view(&self, node: &Reader<'_, 'a>, index: usize) -> Result<View, KernelError> {
        match self.given(node, index)? {
            Given::View(view) => Ok(view.clone()),
            Given::Constant(_) => node.unsupported("a tensor that is computed", "a constant"),
            Given::Parts(..) => node.unsupported("a tensor in one piece", "several"),
        }
    }

    /// Input `index`, which must be a constant.
    pub(super) fn constant(&self, node: &Reader<'_, 'a>, index: usize) -> Result<&Tensor, KernelError> {
        match self.given(node, index)? {
            Given::Constant(tensor) => Ok(tensor),
            _ => node.unsupported("a constant", node.input(index).unwrap_or_default()),
        }
    }

    pub(super) fn floats(
        &self,
        node: &Reader<'_, 'a>,
        index: usize,
    ) -> Result<(&[usize], &[f32]), KernelError> {
        let tensor = self.constant(node, index)?;
        match &tensor.values {
            Values::Floats(values) => Ok((&tensor.shape, values)),
            Values::Ints(_) => node.unsupported("numbers", "integers"),
        }
    }

    pub(super) fn integers(&self, node: &Reader<'_, 'a>, index: usize) -> Result<Vec<i64>, KernelError> {
        let tensor = self.constant(node, index)?;
        match &tensor.values {
            Values::Ints(values) if tensor.shape.len() == 1 => Ok(values.clone()),
            _ => node.unsupported("a list of integers", format!("{:?}", tensor.shape)),
        }
    }
}
