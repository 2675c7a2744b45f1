//! `GET /api/inference/models`: every scenario is a model.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    inference,
    options::ModelsShape,
    scenarios::{self, Scenario},
    server::error,
    state::{Shared, locked},
};

#[derive(Deserialize)]
pub(crate) struct Filter {
    r#type: Option<String>,
}

pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response {
    if let Err(text) = inference::token(&shared, &headers) {
        return error(StatusCode::UNAUTHORIZED, text);
    }
    let models: Vec<Value> = match filter.r#type.as_deref() {
        Some("llm") => scenarios::all().iter().map(entry).collect(),
        Some("media") => Vec::new(),
        _ => return error(StatusCode::BAD_REQUEST, "type must be llm or media"),
    };
    let garbage = locked(&shared.models_body).clone();
    if let Some(body) = garbage {
        return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let body = match shared.options.models_shape {
        ModelsShape::Models => json!({ "models": models }),
        ModelsShape::Data => json!({ "data": models }),
        ModelsShape::List => Value::Array(models),
        ModelsShape::Names => models.iter().map(|model| model["id"].clone()).collect(),
    };
    Json(body).into_response()
}

fn entry(scenario: &Scenario) -> Value {
    let mut entry = json!({
        "id": scenario.id,
        "name": scenario.name,
        "description": scenario.description,
        "type": "llm",
        "input_cost_per_million": scenario.cost.0,
        "output_cost_per_million": scenario.cost.1,
        "cache_read_cost_per_million": scenario.cost.0 / 10.0,
        "cache_write_cost_per_million": scenario.cost.0 * 1.25,
        "context_window": scenario.context_window,
        "input_types": ["text"],
    });
    if scenario.thinks {
        entry["reasoning_levels"] = json!(["low", "medium", "high"]);
    }
    entry
}
