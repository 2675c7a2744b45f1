//! Whether a text is the beginning of JSON that goes on: brackets and strings, no more.

/// Reads a text in pieces.
#[derive(Debug, Default)]
pub(super) struct JsonScan {
    state: State,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    /// White space so far.
    #[default]
    Blank,
    /// An object or array, not closed yet.
    Open,
    /// Closed, or never one.
    Closed,
}

impl JsonScan {
    /// Reads the next piece.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        for &byte in piece {
            match self.state {
                State::Blank => match byte {
                    b' ' | b'\t' | b'\n' | b'\r' => {}
                    b'{' | b'[' => {
                        self.state = State::Open;
                        self.depth = 1;
                    }
                    _ => self.state = State::Closed,
                },
                State::Open => self.inside(byte),
                State::Closed => return,
            }
        }
    }

    fn inside(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.state = State::Closed;
                }
            }
            _ => {}
        }
    }

    /// Nothing but white space so far.
    pub(super) fn is_blank(&self) -> bool {
        self.state == State::Blank
    }

    /// An object or array that is not closed yet.
    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }
}
