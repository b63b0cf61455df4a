//! The protobuf wire format, as far as ONNX files use it.
//!
//! # Source
//! <https://protobuf.dev/programming-guides/encoding/>

use crate::KernelError;

/// A message's fields that are left to read.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    /// Where `bytes` lies in the file.
    at: usize,
}

/// A field's number and its value.
pub(crate) struct Field<'a> {
    pub(crate) number: u64,
    pub(crate) value: Value<'a>,
    at: usize,
}

pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed32([u8; 4]),
    Fixed64,
    Bytes(Fields<'a>),
}

fn malformed(what: &'static str, at: usize) -> KernelError {
    KernelError::Malformed { what, at }
}

impl<'a> Fields<'a> {
    /// Those of a whole file.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], KernelError> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(len)
            .ok_or_else(|| malformed("an end that is too early", self.at))?;
        self.bytes = rest;
        self.at += len;
        Ok(taken)
    }

    /// An integer of at most ten bytes, seven bits each, the lowest first.
    pub(crate) fn varint(&mut self) -> Result<u64, KernelError> {
        let start = self.at;
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let [byte] = *self.take(1)? else { break };
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(malformed("an integer of more than 64 bits", start))
    }

    pub(crate) fn fixed32(&mut self) -> Result<[u8; 4], KernelError> {
        let mut value = [0; 4];
        value.copy_from_slice(self.take(4)?);
        Ok(value)
    }

    fn field(&mut self) -> Result<Field<'a>, KernelError> {
        let at = self.at;
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => {
                self.take(8)?;
                Value::Fixed64
            }
            2 => {
                let len = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
                let at = self.at;
                let bytes = self.take(len)?;
                Value::Bytes(Fields { bytes, at })
            }
            5 => Value::Fixed32(self.fixed32()?),
            _ => return Err(malformed("a field of an unknown wire type", at)),
        };
        Ok(Field {
            number: key >> 3,
            value,
            at,
        })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, KernelError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.bytes = &[];
        }
        Some(field)
    }
}

impl<'a> Field<'a> {
    /// The value of a field of this kind; an error if it is of another.
    pub(crate) fn message(self) -> Result<Fields<'a>, KernelError> {
        match self.value {
            Value::Bytes(fields) => Ok(fields),
            _ => Err(malformed("a field of another kind than bytes", self.at)),
        }
    }

    pub(crate) fn integer(self) -> Result<u64, KernelError> {
        match self.value {
            Value::Varint(value) => Ok(value),
            _ => Err(malformed("a field of another kind than an integer", self.at)),
        }
    }

    pub(crate) fn float(self) -> Result<f32, KernelError> {
        match self.value {
            Value::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(malformed("a field of another kind than a number", self.at)),
        }
    }

    pub(crate) fn text(self) -> Result<&'a str, KernelError> {
        let at = self.at;
        std::str::from_utf8(self.message()?.bytes).map_err(|_| malformed("a text that is not UTF-8", at))
    }

    /// Integers, one to a field or packed.
    pub(crate) fn integers(self, into: &mut Vec<i64>) -> Result<(), KernelError> {
        match self.value {
            Value::Varint(value) => into.push(value.cast_signed()),
            Value::Bytes(mut packed) => {
                while !packed.is_empty() {
                    into.push(packed.varint()?.cast_signed());
                }
            }
            _ => return Err(malformed("a field of another kind than integers", self.at)),
        }
        Ok(())
    }

    /// Numbers, one to a field or packed.
    pub(crate) fn floats(self, into: &mut Vec<f32>) -> Result<(), KernelError> {
        match self.value {
            Value::Fixed32(bytes) => into.push(f32::from_le_bytes(bytes)),
            Value::Bytes(mut packed) => {
                while !packed.is_empty() {
                    into.push(f32::from_le_bytes(packed.fixed32()?));
                }
            }
            _ => return Err(malformed("a field of another kind than numbers", self.at)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(bytes: &[u8]) -> Result<Vec<u64>, KernelError> {
        Fields::new(bytes)
            .map(|field| field.map(|it| it.number))
            .collect()
    }

    #[test]
    fn reads_fields_of_each_wire_type() {
        let bytes = [
            0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f, 0x21, 1, 2, 3, 4, 5, 6, 7, 8,
        ];
        assert_eq!(numbers(&bytes).unwrap(), [1, 2, 3, 4]);
        let mut fields = Fields::new(&bytes).map(Result::unwrap);
        assert_eq!(fields.next().unwrap().integer().unwrap(), 150);
        assert_eq!(fields.next().unwrap().text().unwrap(), "hi");
        assert_eq!(fields.next().unwrap().float().unwrap(), 1.0);
    }

    #[test]
    fn reads_negative_integers() {
        let mut bytes = vec![0x08];
        bytes.extend([0xff; 9]);
        bytes.push(1);
        let mut into = Vec::new();
        let field = Fields::new(&bytes).next().unwrap().unwrap();
        field.integers(&mut into).unwrap();
        assert_eq!(into, [-1]);
    }

    #[test]
    fn refuses_what_is_cut_short_or_of_another_kind() {
        for bytes in [
            &[0x08][..],
            &[0x80],
            &[0x12, 3, b'h', b'i'],
            &[0x1d, 0, 0],
            &[0x21, 0],
            &[0x0b],
            &[0x0f],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
        ] {
            assert!(numbers(bytes).is_err(), "{bytes:?}");
        }
        let field = Fields::new(&[0x08, 1]).next().unwrap().unwrap();
        assert!(field.text().is_err());
    }
}
