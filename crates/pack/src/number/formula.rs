//! Formulas: `0.8 + 0.4 * mouth_open`.
//!
//! ```text
//! or      = and { "or" and }
//! and     = not { "and" not }
//! not     = "not" not | compare
//! compare = sum [ ( "<" | "<=" | ">" | ">=" ) sum ]
//! sum     = product { ( "+" | "-" ) product }
//! product = unary { ( "*" | "/" ) unary }
//! unary   = "-" unary | atom
//! atom    = number | path | name "(" or { "," or } ")" | "(" or ")"
//! path    = name { "." ( name | digits ) }
//! ```

use super::tree::{Function, Reading, Tree, call, check_depth, distance_of, finite, function};
use crate::error::quoted;
use crate::read::ReadError;

/// The tree that a formula means, which stands `depth` levels deep in another.
pub(super) fn parse(reading: Reading<'_>, text: &str, depth: usize) -> Result<Tree, ReadError> {
    let mut parser = Parser {
        reading,
        text,
        next: 0,
    };
    let tree = parser.or(depth)?;
    match parser.peek()? {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'p> {
    reading: Reading<'p>,
    text: &'p str,
    /// The byte where the next token, or space before it, begins.
    next: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Token<'p> {
    Number(&'p str),
    /// Names and digits between points.
    Path(&'p str),
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 11] = ["<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

impl<'p> Parser<'p> {
    fn or(&mut self, depth: usize) -> Result<Tree, ReadError> {
        self.chain(depth, Self::and, |token| match token {
            Token::Path("or") => Some(Function::Or),
            _ => None,
        })
    }

    fn and(&mut self, depth: usize) -> Result<Tree, ReadError> {
        self.chain(depth, Self::not, |token| match token {
            Token::Path("and") => Some(Function::And),
            _ => None,
        })
    }

    fn not(&mut self, depth: usize) -> Result<Tree, ReadError> {
        check_depth(depth)?;
        if self.peek()? != Token::Path("not") {
            return self.compare(depth);
        }
        self.take()?;
        Ok(Tree::Call(Function::Not, vec![self.not(depth + 1)?]))
    }

    fn compare(&mut self, depth: usize) -> Result<Tree, ReadError> {
        let left = self.sum(depth)?;
        let function = match self.peek()? {
            Token::Symbol("<") => Function::Lt,
            Token::Symbol("<=") => Function::Le,
            Token::Symbol(">") => Function::Gt,
            Token::Symbol(">=") => Function::Ge,
            _ => return Ok(left),
        };
        self.take()?;
        Ok(Tree::Call(function, vec![left, self.sum(depth)?]))
    }

    fn sum(&mut self, depth: usize) -> Result<Tree, ReadError> {
        self.chain(depth, Self::product, |token| match token {
            Token::Symbol("+") => Some(Function::Add),
            Token::Symbol("-") => Some(Function::Sub),
            _ => None,
        })
    }

    fn product(&mut self, depth: usize) -> Result<Tree, ReadError> {
        self.chain(depth, Self::unary, |token| match token {
            Token::Symbol("*") => Some(Function::Mul),
            Token::Symbol("/") => Some(Function::Div),
            _ => None,
        })
    }

    fn unary(&mut self, depth: usize) -> Result<Tree, ReadError> {
        check_depth(depth)?;
        if self.peek()? != Token::Symbol("-") {
            return self.atom(depth);
        }
        self.take()?;
        Ok(match self.unary(depth + 1)? {
            Tree::Constant(number) => Tree::Constant(-number),
            other => Tree::Call(Function::Neg, vec![other]),
        })
    }

    fn atom(&mut self, depth: usize) -> Result<Tree, ReadError> {
        match self.peek()? {
            Token::Number(digits) => {
                let number = digits.parse().ok().and_then(finite);
                let number = number.ok_or_else(|| self.unexpected("a number of 32 bits"))?;
                self.take()?;
                Ok(Tree::Constant(number))
            }
            Token::Symbol("(") => {
                self.take()?;
                let inner = self.or(depth + 1)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Path("and" | "or") | Token::Symbol(_) | Token::End => Err(self.unexpected("a value")),
            Token::Path(path) => self.named(path, depth),
        }
    }

    /// A value or a call.
    fn named(&mut self, path: &str, depth: usize) -> Result<Tree, ReadError> {
        let start = self.start();
        let here = |error: ReadError| ReadError {
            found: format!("{} at character {}", error.found, start + 1),
            ..error
        };
        if !self.opens_call()? {
            self.take()?;
            if let "true" | "false" = path {
                return Ok(Tree::Truth(path == "true"));
            }
            let parts: Vec<&str> = path.split('.').collect();
            return self.reading.leaf(&parts).map(Tree::Leaf).map_err(here);
        }
        self.take()?;
        self.take()?;
        if path == "distance_mm" {
            let a = self.spot()?;
            self.expect(",")?;
            let b = self.spot()?;
            self.expect(")")?;
            return distance_of(self.reading.names, a, b).map_err(here);
        }
        let Some(function) = function(path) else {
            return Err(here(ReadError::new("the name of a function", quoted(path))));
        };
        let mut arguments = vec![self.or(depth + 1)?];
        while self.peek()? == Token::Symbol(",") {
            self.take()?;
            arguments.push(self.or(depth + 1)?);
        }
        self.expect(")")?;
        call(function, arguments).map_err(here)
    }

    fn spot(&mut self) -> Result<&'p str, ReadError> {
        match self.peek()? {
            Token::Number(text) | Token::Path(text) => {
                self.take()?;
                Ok(text)
            }
            Token::Symbol(_) | Token::End => Err(self.unexpected("an anchor or a landmark")),
        }
    }

    /// Operands with operators between them that bind alike.
    fn chain(
        &mut self,
        depth: usize,
        operand: fn(&mut Self, usize) -> Result<Tree, ReadError>,
        operator: fn(Token<'p>) -> Option<Function>,
    ) -> Result<Tree, ReadError> {
        check_depth(depth)?;
        let first = operand(self, depth)?;
        let mut steps = Vec::new();
        while let Some(function) = operator(self.peek()?) {
            self.take()?;
            steps.push((function, operand(self, depth)?));
        }
        Ok(if steps.is_empty() {
            first
        } else {
            Tree::Chain(Box::new(first), steps)
        })
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), ReadError> {
        if self.peek()? == Token::Symbol(symbol) {
            self.take().map(drop)
        } else {
            Err(self.unexpected(&format!("{symbol:?}")))
        }
    }

    /// Whether a parenthesis follows the next token.
    fn opens_call(&mut self) -> Result<bool, ReadError> {
        let back = self.next;
        self.take()?;
        let opens = self.peek()? == Token::Symbol("(");
        self.next = back;
        Ok(opens)
    }

    fn take(&mut self) -> Result<Token<'p>, ReadError> {
        let (token, end) = self.scan()?;
        self.next = end;
        Ok(token)
    }

    fn peek(&mut self) -> Result<Token<'p>, ReadError> {
        self.scan().map(|(token, _)| token)
    }

    /// The next token and the byte where it ends.
    fn scan(&self) -> Result<(Token<'p>, usize), ReadError> {
        let text = self.text;
        let start = self.start();
        let rest = &text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, start));
        };
        if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|it: char| it.is_ascii_digit())) {
            let end = start + number_length(rest);
            return Ok((Token::Number(&text[start..end]), end));
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let in_path = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.';
            let end = start + rest.find(|it| !in_path(it)).unwrap_or(rest.len());
            return Ok((Token::Path(&text[start..end]), end));
        }
        match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            Some(symbol) => Ok((Token::Symbol(symbol), start + symbol.len())),
            None => Err(self.unexpected("a number, a name or an operator")),
        }
    }

    /// The byte where the next token begins.
    fn start(&self) -> usize {
        let rest = &self.text[self.next..];
        self.next + (rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len())
    }

    fn unexpected(&self, expected: &str) -> ReadError {
        let start = self.start();
        let rest = &self.text[start..];
        let character = self.text[..start].chars().count() + 1;
        let found = if rest.is_empty() {
            "the end of the formula".to_owned()
        } else {
            format!("{} at character {character}", quoted(rest))
        };
        ReadError::new(expected, found)
    }
}

/// Bytes of the number that `text` begins with: digits, a fraction, an exponent.
fn number_length(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(text);
    if text[length..].starts_with('.') {
        length += 1 + digits(&text[length + 1..]);
    }
    if text[length..].starts_with(['e', 'E']) {
        let sign = usize::from(text[length + 1..].starts_with(['+', '-']));
        let exponent = digits(&text[length + 1 + sign..]);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}
