//! `current_time`: what time it is, here or in a named zone.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::{Permission, Tool, text};

pub(super) struct CurrentTime;

impl Tool for CurrentTime {
    fn name(&self) -> &'static str {
        "current_time"
    }

    fn description(&self) -> &'static str {
        "The current date, time, weekday and time zone, on the user's computer or in a given time zone."
    }

    fn summary(&self) -> &'static str {
        "Tells the model the date and time."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "time_zone": {
                    "type": "string",
                    "description": "An IANA time zone such as Europe/Amsterdam. Without it: the user's own."
                }
            }
        })
    }

    fn permission(&self) -> Permission {
        Permission::Free
    }

    fn run(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, String>> {
        async move {
            let now = match arguments.get("time_zone") {
                None | Some(Value::Null) => Zoned::now(),
                Some(_) => {
                    let name = text(&arguments, "time_zone")?;
                    let zone = TimeZone::get(name).map_err(|error| error.to_string())?;
                    Zoned::now().with_time_zone(zone)
                }
            };
            Ok(json!({
                "time": now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
                "weekday": now.strftime("%A").to_string(),
                "time_zone": now.time_zone().iana_name(),
            })
            .to_string())
        }
        .boxed()
    }
}
