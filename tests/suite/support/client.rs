//! HTTP as a program or a browser speaks it.

use std::io::Read;

use serde_json::Value;

pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The body, with numbers rounded to four decimals: their last digits depend on the machine.
    pub fn rounded(&self) -> Value {
        rounded(self.json())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Address to which a form leads, without the confirmation.
    pub fn leads_to(&self) -> String {
        let address = self.header("location").expect("an address");
        let (before, rest) = address.split_once("?done=").unwrap_or((address, ""));
        let fragment = rest.find('#').map_or("", |at| &rest[at..]);
        format!("{before}{fragment}")
    }

    /// The stable error code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn rounded(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, rounded(v))).collect(),
        Value::Number(n) if n.is_f64() => n.as_f64().map(|x| (x * 1e4).round() / 1e4).into(),
        other => other,
    }
}

#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub bearer: Option<String>,
    pub cookie: Option<String>,
}

impl Client {
    pub fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Option<&[u8]>,
        more: &[(&str, &str)],
    ) -> Reply {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = &self.bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
            if method != "GET" && !more.iter().any(|(n, _)| *n == "Origin") {
                request = request.header("Origin", &self.base);
            }
        }
        for (name, value) in more.iter().filter(|(_, v)| !v.is_empty()) {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => agent.run(
                request
                    .header("Content-Type", content_type)
                    .body(body.to_vec())
                    .expect("request"),
            ),
            None => agent.run(request.body(()).expect("request")),
        };
        let response = response.unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let (parts, body) = response.into_parts();
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).expect("body");
        let headers = parts
            .headers
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect();
        Reply {
            status: parts.status.as_u16(),
            headers,
            body: bytes,
        }
    }

    /// Signs in at the API; further requests carry the token.
    pub fn sign_in(&mut self, email: &str, password: &str) {
        let body = serde_json::json!({ "email": email, "password": password });
        let reply = self.post("/api/v1/tokens", &body);
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.bearer = reply.json()["access_token"].as_str().map(str::to_owned);
    }

    /// Status of a page that comes within a second.
    pub fn quickly(&self, path: &str) -> Option<u16> {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(1)))
            .build()
            .new_agent();
        let token = self.bearer.as_deref().unwrap_or_default();
        let reply = agent
            .get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {token}"))
            .call();
        reply.ok().map(|reply| reply.status().as_u16())
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", None, &[])
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(
            "POST",
            path,
            "application/json",
            Some(body.to_string().as_bytes()),
            &[],
        )
    }

    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(
            "PUT",
            path,
            "application/json",
            Some(body.to_string().as_bytes()),
            &[],
        )
    }

    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let encode = |text: &str| {
            text.bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect::<String>()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(n, v)| format!("{}={}", encode(n), encode(v)))
            .collect();
        self.send(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            Some(body.join("&").as_bytes()),
            &[],
        )
    }

    /// A multipart form of text fields and one file.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"test.csv\"\r\nContent-Type: text/csv\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        self.send(
            "POST",
            path,
            "multipart/form-data; boundary=x",
            Some(&body),
            &[],
        )
    }
}
