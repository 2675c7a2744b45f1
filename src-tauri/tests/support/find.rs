//! Finding by role and accessible name (`product.md`, *Accessible by name*); there are no test ids.

use serde_json::{Value, json};

/// The finder that runs in the page.
pub(super) const SCRIPT: &str = include_str!("find.js");

/// How a name has to be.
#[derive(Debug, Clone)]
enum Name {
    Any,
    Exact(String),
    Containing(String),
}

/// Something with a role and a name, perhaps inside something else.
#[derive(Debug, Clone)]
pub(crate) struct By {
    role: String,
    name: Name,
    nth: Option<i32>,
    within: Option<Box<By>>,
}

/// Something with this role, whatever its name.
pub(crate) fn any(role: &str) -> By {
    By::with(role, Name::Any)
}

/// Something with this role whose name has `part` in it.
pub(crate) fn containing(role: &str, part: &str) -> By {
    By::with(role, Name::Containing(part.to_owned()))
}

impl By {
    fn with(role: &str, name: Name) -> Self {
        Self {
            role: role.to_owned(),
            name,
            nth: None,
            within: None,
        }
    }

    /// Something with this role and exactly this name.
    pub(crate) fn role(role: &str, name: &str) -> Self {
        Self::with(role, Name::Exact(name.to_owned()))
    }

    /// A button.
    pub(crate) fn button(name: &str) -> Self {
        Self::role("button", name)
    }

    /// A text field.
    pub(crate) fn textbox(name: &str) -> Self {
        Self::role("textbox", name)
    }

    /// A link.
    pub(crate) fn link(name: &str) -> Self {
        Self::role("link", name)
    }

    /// The last one of them in the document.
    pub(crate) fn last(mut self) -> Self {
        self.nth = Some(-1);
        self
    }

    /// The one at `index`, from 0; negative counts from the end.
    pub(crate) fn nth(mut self, index: i32) -> Self {
        self.nth = Some(index);
        self
    }

    /// Only inside of `outer`.
    pub(crate) fn within(mut self, outer: By) -> Self {
        self.within = Some(Box::new(match self.within.take() {
            Some(inner) => inner.within(outer),
            None => outer,
        }));
        self
    }

    /// The path for the script, from the outside in.
    pub(super) fn path(&self) -> Value {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(by) = at {
            let (matching, name) = match &by.name {
                Name::Any => ("any", ""),
                Name::Exact(name) => ("exact", name.as_str()),
                Name::Containing(part) => ("containing", part.as_str()),
            };
            steps.push(json!({"role": by.role, "name": name, "match": matching, "nth": by.nth}));
            at = by.within.as_deref();
        }
        steps.reverse();
        Value::Array(steps)
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Name::Any => write!(formatter, "{}", self.role)?,
            Name::Exact(name) => write!(formatter, "{} ‘{name}’", self.role)?,
            Name::Containing(part) => write!(formatter, "{} ‘…{part}…’", self.role)?,
        }
        if let Some(nth) = self.nth {
            write!(formatter, " #{nth}")?;
        }
        if let Some(outer) = &self.within {
            write!(formatter, " in {outer}")?;
        }
        Ok(())
    }
}
