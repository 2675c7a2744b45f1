//! `calculate`: arithmetic and units, by fend.

use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};

use super::{Permission, Tool, text};

/// An expression has at most so many bytes.
const EXPRESSION_BYTES: usize = 4_096;
/// A calculation takes at most so long.
const TIME: Duration = Duration::from_secs(5);

pub(super) struct Calculate;

struct Until(Instant);

impl fend_core::Interrupt for Until {
    fn should_interrupt(&self) -> bool {
        Instant::now() >= self.0
    }
}

impl Tool for Calculate {
    fn name(&self) -> &'static str {
        "calculate"
    }

    fn description(&self) -> &'static str {
        "Evaluates an arithmetic expression, with functions and units: \
         \"(2 + 3) * 4\", \"sqrt(2)\", \"5 feet to cm\"."
    }

    fn summary(&self) -> &'static str {
        "Lets the model calculate instead of guessing."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "expression": { "type": "string", "description": "The expression." }
            },
            "required": ["expression"]
        })
    }

    fn permission(&self) -> Permission {
        Permission::Free
    }

    fn run(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, String>> {
        async move {
            let expression = text(&arguments, "expression")?.to_owned();
            if expression.len() > EXPRESSION_BYTES {
                return Err(format!(
                    "the expression is longer than {EXPRESSION_BYTES} bytes"
                ));
            }
            tokio::task::spawn_blocking(move || evaluate(&expression))
                .await
                .map_err(|_| "the calculation failed".to_owned())?
        }
        .boxed()
    }
}

fn evaluate(expression: &str) -> Result<String, String> {
    let mut context = fend_core::Context::new();
    let until = Until(Instant::now() + TIME);
    let result =
        fend_core::evaluate_with_interrupt(expression, &mut context, &until).map_err(|reason| {
            match Instant::now() >= until.0 {
                true => format!(
                    "the calculation took longer than {} seconds",
                    TIME.as_secs()
                ),
                false => reason,
            }
        })?;
    Ok(json!({ "result": result.get_main_result() }).to_string())
}
