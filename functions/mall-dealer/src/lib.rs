//! `mall-users.md`, dealers (经销商): registration with two codes, sign-in, what dealers change of themselves, and their
//! papers, which are an extension.

mod codes;
mod papers;
mod profile;
mod proof;
mod sign_in;
mod views;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, Need, PICTURES, Parts, SIGN_IN, TABLES},
    domain::{account::Realm, otp::CaptchaAfter},
    service::{
        dealer::{DealerSettings, Dealers},
        papers::Submissions,
    },
    wire::{
        Access, Router, Routes,
        mall::{Mall, MallPicture},
    },
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[
        TABLES,
        GATE,
        SIGN_IN,
        CODES,
        PICTURES,
        FIELDS,
        Need::of(&[
            "REGISTER_PER_IP_MINUTE",
            "CAPTCHA_PER_IP_MINUTE",
            "CAPTCHA_AFTER_SENDS",
            "CAPTCHA_AFTER_IP_SENDS",
            "MALL_TELL_UNKNOWN_USER",
        ]),
    ],
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub dealers: Dealers,
    pub papers: Submissions,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        let (sign_in, captchas, pictures) = (parts.sign_in()?, parts.captchas()?, parts.pictures()?);
        let settings = DealerSettings {
            registrations_per_minute: parts.variables.limit("REGISTER_PER_IP_MINUTE")?,
            captcha_after: CaptchaAfter {
                of_device: parts.variables.limit("CAPTCHA_AFTER_SENDS")?,
                of_address: parts.variables.limit("CAPTCHA_AFTER_IP_SENDS")?,
            },
            tells_unknown_user: parts.variables.switch("MALL_TELL_UNKNOWN_USER")?,
            public_address: parts.variables.get("PUBLIC_ADDRESS").trim_end_matches('/').to_owned(),
        };
        Ok(Self {
            dealers: Dealers::new(parts.store.clone(), sign_in, parts.codes()?, captchas, pictures, settings),
            papers: parts.submissions().await?,
        })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const REALM: &[Realm] = &[Realm::MallDealer];
const DEALERS: Access = Access::SignedIn(REALM);

/// #18 to #29 of the contracts. The document has no method for the last four; both that change something are taken, and
/// GET, which a picture on any page could send, is not. The last five are ours, three of them in the
/// shape of #14 to #16.
pub fn routes() -> Routes<Mall, App> {
    let favicons = Routes::<MallPicture, App>::new(&[]).on(&profile::SHOW_FAVICON, profile::show_favicon);
    Routes::new(&["/user/dealer/{proxy+}"])
        .on(&sign_in::LOGIN, sign_in::log_in)
        .on(&codes::SEND_CODE, codes::send_code)
        .on(&codes::VERIFY_CODE, codes::verify_code)
        .on(&codes::SEND_PICTURE, codes::send_picture)
        .on(&codes::VERIFY_PICTURE, codes::verify_picture)
        .on(&sign_in::REGISTER, sign_in::register)
        .on(&proof::CHANGE_PASSWORD, proof::change_password)
        .on(&proof::EDIT_PHONE, proof::edit_phone)
        .on(&profile::EDIT_GENDER, profile::edit_gender)
        .on(&profile::EDIT_NICKNAME, profile::edit_nickname)
        .on(&profile::EDIT_FAVICON, profile::edit_favicon)
        .on(&profile::UPLOAD_FAVICON, profile::upload_favicon)
        .on(&papers::UPLOAD_FRONT, papers::upload_front)
        .on(&papers::UPLOAD_QUALIFICATION, papers::upload_qualification)
        .on(&papers::SUBMIT, papers::submit)
        .on(&papers::INFO, papers::info)
        .with(favicons)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [
        codes::reference::operations(),
        papers::reference::operations(),
        profile::reference::operations(),
        proof::reference::operations(),
        sign_in::reference::operations(),
    ];
    describe::Described::new("mall-dealer", describe::Document::MallDealers, &routes(), operations.concat())
}
