//! The language of a request, from its `Accept-Language` header.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AcceptLanguage, Header},
};

use crate::locale::Locale;

/// Languages that the reader asks for, best first.
pub fn languages(req: &HttpRequest) -> Vec<String> {
    let ranked = AcceptLanguage::parse(req).map_or_else(|_e| Vec::new(), |header| header.ranked());
    ranked
        .iter()
        .take(20)
        .filter_map(|preference| Some(preference.item()?.to_string()))
        .collect()
}

/// The texts for the reader of a request.
pub fn locale_of(req: &HttpRequest) -> &'static Locale {
    Locale::preferred(&languages(req))
}

/// The texts for the reader of a request, as a parameter of a handler.
pub struct ReaderLocale(pub &'static Locale);

impl FromRequest for ReaderLocale {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(locale_of(req))))
    }
}
