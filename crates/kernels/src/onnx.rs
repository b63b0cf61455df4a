//! What an ONNX file says: its operators, constants, inputs and outputs.
//!
//! # Source
//! <https://github.com/onnx/onnx/blob/v1.18.0/onnx/onnx.proto3>

use std::collections::BTreeMap;

use half::f16;

use crate::KernelError;
use crate::wire::{Field, Fields};

/// More than any network that this engine is for.
const MOST_NODES: usize = 4096;

/// The operator sets whose definitions were read.
const OPSET: i64 = 15;

/// A network as its file says it.
pub(crate) struct Graph<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) constants: BTreeMap<&'a str, Tensor>,
    pub(crate) inputs: Vec<Described<'a>>,
    pub(crate) outputs: Vec<Described<'a>>,
}

/// An operator.
pub(crate) struct Node<'a> {
    pub(crate) operator: &'a str,
    pub(crate) inputs: Vec<&'a str>,
    pub(crate) outputs: Vec<&'a str>,
    pub(crate) attributes: Vec<(&'a str, Attribute<'a>)>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Text(&'a str),
    Ints(Vec<i64>),
}

/// A constant.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Values {
    /// Half or single precision in the file.
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

/// The name and the shape of an input or output.
#[derive(PartialEq, Debug)]
pub(crate) struct Described<'a> {
    pub(crate) name: &'a str,
    pub(crate) shape: Vec<usize>,
}

/// The product of `shape`, if that is a size that a network of this engine may have.
pub(crate) fn values_of(shape: &[usize], place: &str) -> Result<usize, KernelError> {
    const MOST: usize = 1 << 24;
    shape
        .iter()
        .try_fold(1_usize, |product, side| product.checked_mul(*side))
        .filter(|&values| values <= MOST)
        .ok_or_else(|| KernelError::TooLarge {
            place: place.to_owned(),
            limit: MOST,
            what: "values in a tensor",
        })
}

fn unsupported<T>(place: &str, expected: &'static str, found: impl ToString) -> Result<T, KernelError> {
    Err(KernelError::Unsupported {
        place: place.to_owned(),
        expected,
        found: found.to_string(),
    })
}

impl<'a> Graph<'a> {
    /// Reads the content of an ONNX file.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, KernelError> {
        let mut graph = None;
        let mut opset = None;
        for field in Fields::new(bytes) {
            let field = field?;
            match field.number {
                7 => graph = Some(field.message()?),
                8 => {
                    let (mut domain, mut version) = ("", 0);
                    for field in field.message()? {
                        let field = field?;
                        match field.number {
                            1 => domain = field.text()?,
                            2 => version = field.integer()?.cast_signed(),
                            _ => {}
                        }
                    }
                    if !domain.is_empty() && domain != "ai.onnx" {
                        return unsupported("file", "ONNX's own operators alone", domain);
                    }
                    opset = Some(version);
                }
                20 | 25 => return unsupported("file", "a graph alone", "training or functions"),
                _ => {}
            }
        }
        if opset != Some(OPSET) {
            return unsupported("file", "operator set 15", format!("{opset:?}"));
        }
        let Some(fields) = graph else {
            return unsupported("file", "a graph", "none");
        };
        let mut graph = Self {
            nodes: Vec::new(),
            constants: BTreeMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        };
        for field in fields {
            graph.add(field?)?;
        }
        graph.inputs.retain(|it| !graph.constants.contains_key(it.name));
        Ok(graph)
    }

    fn add(&mut self, field: Field<'a>) -> Result<(), KernelError> {
        match field.number {
            1 => {
                if self.nodes.len() == MOST_NODES {
                    return Err(KernelError::TooLarge {
                        place: "file".to_owned(),
                        limit: MOST_NODES,
                        what: "operators",
                    });
                }
                self.nodes.push(Node::read(field.message()?)?);
            }
            5 => {
                let (name, tensor) = Tensor::read(field.message()?)?;
                if self.constants.insert(name, tensor).is_some() {
                    return unsupported(name, "one constant of a name", "two");
                }
            }
            11 => self.inputs.push(Described::read(field.message()?)?),
            12 => self.outputs.push(Described::read(field.message()?)?),
            15 => return unsupported("file", "dense constants", "sparse ones"),
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Node<'a> {
    fn read(fields: Fields<'a>) -> Result<Self, KernelError> {
        let mut node = Self {
            operator: "",
            inputs: Vec::new(),
            outputs: Vec::new(),
            attributes: Vec::new(),
        };
        for field in fields {
            let field = field?;
            match field.number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                4 => node.operator = field.text()?,
                5 => node.attributes.push(attribute(field.message()?)?),
                7 => {
                    let domain = field.text()?;
                    if !domain.is_empty() {
                        return unsupported("operator", "ONNX's own", domain);
                    }
                }
                _ => {}
            }
        }
        Ok(node)
    }
}

fn attribute(fields: Fields<'_>) -> Result<(&str, Attribute<'_>), KernelError> {
    let (mut name, mut kind) = ("", 0);
    let (mut float, mut int, mut text, mut ints) = (None, None, None, Vec::new());
    for field in fields {
        let field = field?;
        match field.number {
            1 => name = field.text()?,
            2 => float = Some(field.float()?),
            3 => int = Some(field.integer()?.cast_signed()),
            4 => text = Some(field.text()?),
            8 => field.integers(&mut ints)?,
            13 => {}
            20 => kind = field.integer()?,
            other => {
                return unsupported(
                    name,
                    "an attribute of numbers or a text",
                    format!("field {other}"),
                );
            }
        }
    }
    // What has the format's default value may be left out.
    let value = match kind {
        1 => Attribute::Float(float.unwrap_or(0.0)),
        2 => Attribute::Int(int.unwrap_or(0)),
        3 => Attribute::Text(text.unwrap_or("")),
        7 => Attribute::Ints(ints),
        other => return unsupported(name, "an attribute of numbers or a text", format!("type {other}")),
    };
    Ok((name, value))
}

impl Tensor {
    fn read(fields: Fields<'_>) -> Result<(&str, Self), KernelError> {
        let (mut dims, mut kind, mut name, mut raw) = (Vec::new(), 0, "", None);
        let (mut floats, mut ints) = (Vec::new(), Vec::new());
        for field in fields {
            let field = field?;
            match field.number {
                1 => field.integers(&mut dims)?,
                2 => kind = field.integer()?,
                4 => field.floats(&mut floats)?,
                7 => field.integers(&mut ints)?,
                8 => name = field.text()?,
                9 => raw = Some(field.message()?.bytes()),
                12 => {}
                other => return unsupported(name, "a constant's numbers in place", format!("field {other}")),
            }
        }
        let shape = sides(&dims, name)?;
        let expected = values_of(&shape, name)?;
        let values = match (kind, raw) {
            (1, None) => Values::Floats(floats),
            (7, None) => Values::Ints(ints),
            (1, Some(raw)) => Values::Floats(of_raw(raw, f32::from_le_bytes)),
            (10, Some(raw)) => Values::Floats(of_raw(raw, |bytes| f16::from_le_bytes(bytes).to_f32())),
            (7, Some(raw)) => Values::Ints(of_raw(raw, i64::from_le_bytes)),
            _ => return unsupported(name, "a constant of f32, f16 or i64", format!("type {kind}")),
        };
        let found = match &values {
            Values::Floats(values) => values.len(),
            Values::Ints(values) => values.len(),
        };
        let size = if kind == 10 {
            2
        } else if kind == 7 {
            8
        } else {
            4
        };
        if found != expected || raw.is_some_and(|raw| raw.len() != expected * size) {
            return unsupported(name, "as many numbers as the shape has", found);
        }
        Ok((name, Self { shape, values }))
    }
}

fn of_raw<const N: usize, T>(raw: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

fn sides(dims: &[i64], place: &str) -> Result<Vec<usize>, KernelError> {
    dims.iter()
        .map(|&side| match usize::try_from(side) {
            Ok(side) if side > 0 => Ok(side),
            _ => unsupported(place, "sides of 1 or more", side),
        })
        .collect()
}

impl<'a> Described<'a> {
    fn read(fields: Fields<'a>) -> Result<Self, KernelError> {
        let (mut name, mut kind) = ("", None);
        for field in fields {
            let field = field?;
            match field.number {
                1 => name = field.text()?,
                2 => kind = Some(field.message()?),
                _ => {}
            }
        }
        let (mut element, mut dims) = (0, Vec::new());
        for field in kind.into_iter().flatten() {
            let field = field?;
            if field.number != 1 {
                return unsupported(name, "a tensor", format!("type field {}", field.number));
            }
            for field in field.message()? {
                let field = field?;
                match field.number {
                    1 => element = field.integer()?,
                    2 => shape(field.message()?, name, &mut dims)?,
                    _ => {}
                }
            }
        }
        if element != 1 {
            return unsupported(name, "a tensor of f32", format!("type {element}"));
        }
        let shape = sides(&dims, name)?;
        values_of(&shape, name)?;
        Ok(Self { name, shape })
    }
}

fn shape(fields: Fields<'_>, name: &str, dims: &mut Vec<i64>) -> Result<(), KernelError> {
    for dimension in fields {
        let mut side = None;
        for field in dimension?.message()? {
            let field = field?;
            match field.number {
                1 => side = Some(field.integer()?.cast_signed()),
                2 => return unsupported(name, "a fixed shape", "a named side"),
                _ => {}
            }
        }
        dims.push(side.unwrap_or(0));
    }
    Ok(())
}
