//! What the fields of answers are called, in both languages, and how wide their integers are. A field has one meaning in
//! all documents unless a line says otherwise for a function (`mall-agent.status`), one of its views
//! (`ev-charging.Bill.id`) or an envelope's failures (`ChargingApp.code`).

use serde_json::{Map, Value, json};

/// Field, Chinese, English.
const FIELDS: &[(&str, &str, &str)] = &[
    // envelopes
    ("code", "结果码", "The outcome"),
    ("ChargingApp.code", "-1 表示失败", "-1: it failed"),
    ("msg", "给用户看的提示", "What the user of the app reads"),
    ("message", "给用户看的提示", "What the user of the app reads"),
    ("errCode", "结果码，200 为成功", "The outcome, 200 when it succeeded"),
    ("Mall.errCode", "失败的数字代码，不会是 200", "The number of the failure, never 200"),
    ("Cloud.code", "给程序判断的代码", "For programs"),
    ("Shop.code", "给程序判断的代码", "For programs"),
    ("Plain.code", "给程序判断的代码", "For programs"),
    ("ChargingCustomers.status", "固定为 FAILURE", "Always `FAILURE`"),
    ("Vehicles.status", "false 表示失败", "`false`: it failed"),
    ("Vehicles.data", "给用户看的提示", "What the user of the app reads"),
    ("ev-account.code", "200 表示成功", "200: it succeeded"),
    ("ev-charging.code", "200 表示成功", "200: it succeeded"),
    ("ev-customer.status", "成功标志", "That it succeeded"),
    ("data", "返回的数据", "What was asked for"),
    ("log", "详单列表", "The detail records"),
    ("token", "登录令牌", "The token of the session"),
    ("expires_in", "令牌有效秒数", "For how many seconds the token is good"),
    // sessions and staff
    ("session.next", "登录还需完成的步骤", "The step of the sign-in that is left"),
    ("session.sessions", "会话列表", "The sessions"),
    ("session.created", "登录时间", "When the session began"),
    ("session.last_used", "最近使用时间，未记录时为 null", "When it was last used; null where that is not recorded"),
    ("session.ends", "失效时间", "When it ends unless it is used"),
    ("session.current", "是否当前会话", "Whether it is the session of this call"),
    ("session.secret", "动态验证器密钥（base32）", "The secret, in base32"),
    ("session.uri", "动态验证器地址，用于二维码", "The secret as an address, for a QR code"),
    ("recovery_codes", "恢复码，只显示这一次", "Recovery codes, shown this once"),
    ("operator.proposed", "待另一位管理员确认的角色", "A role that another administrator has to confirm"),
    ("operator.Proposed.role", "待确认的角色", "The role"),
    ("operator.Proposed.by", "任命人的账户", "The account that gave it"),
    ("operator.Proposed.at", "任命时间", "When it was given"),
    // charging app
    ("user_id", "用户 id", "The driver's id"),
    ("username", "用户名", "The user name"),
    ("email", "邮箱", "E-mail"),
    ("license_plate", "车牌号", "Plate number"),
    ("battery_capacity", "电池容量（kWh）", "Battery capacity in kWh"),
    ("created_at", "创建时间", "When it was made"),
    ("updated_at", "更新时间", "When it was last changed"),
    ("charging_type", "充电模式：fast 快充，slow 慢充", "Charging mode"),
    ("request_power", "申请的充电量（kWh）", "The amount that was asked for, in kWh"),
    ("queue_num", "排队号码，快充 F 开头，慢充 T 开头", "The queue number: F… fast, T… slow"),
    ("time_duration", "已等待的秒数", "Whole seconds since the request"),
    ("ev-charging.Info.state", "是否已被叫号", "Whether the car has been called"),
    (
        "ev-charging.Info.status",
        "waiting 排队，called 已叫号，charging 充电中，displaced 因故障待转移",
        "Where the request stands",
    ),
    ("station_id", "充电站编号", "The station"),
    ("pile", "充电桩名称，叫号后才有", "The pile's name, once the car has been called"),
    (
        "kept_until",
        "为已叫号车辆保留车位到何时（按电表计量的充电站）",
        "Until when a metered pile keeps the place of a called car",
    ),
    ("measured_watts", "充电桩实测功率（W）", "What the pile measures now, in watts"),
    ("cars_ahead", "前面的车辆数", "Cars ahead"),
    ("expected_call_at", "预计叫号时间", "When the car will probably be called"),
    ("expected_start_at", "预计开始时间", "When charging will probably begin"),
    ("expected_finish_at", "预计结束时间", "When charging will probably end"),
    ("estimate", "预计时间是否为估算", "Whether the expected times are an estimate"),
    ("charged_power", "已充电量（kWh）", "Energy so far, in kWh"),
    ("charging_fee", "充电费（元）", "Charging fee in yuan"),
    ("service_fee", "服务费（元）", "Service fee in yuan"),
    ("total_fee", "总费用（元）", "Total in yuan"),
    ("record_id", "详单 id", "The record's id"),
    ("request_id", "充电申请 id", "The request's id"),
    ("charging_station_id", "充电桩 id", "The pile's id"),
    ("start_time", "开始时间", "When charging began"),
    ("end_time", "结束时间", "When charging ended"),
    ("actual_power", "实际充电量（kWh）", "Energy delivered, in kWh"),
    ("distance", "距查询位置的直线距离（米），仅 near 查询有", "Metres from the point asked about, as the crow flies"),
    ("lat", "纬度（GCJ-02）", "Latitude in GCJ-02"),
    ("lng", "经度（GCJ-02）", "Longitude in GCJ-02"),
    ("phone", "电话", "Telephone"),
    ("ev-charging.StationNow.hours", "营业时间", "Opening hours"),
    ("ev-charging.next", "下一页的 `after`，最后一页没有", "The `after` of the next page; the last page has none"),
    ("prices", "分时电价", "Prices over the day"),
    ("ev-charging.BandPrice.from", "起始时刻", "From this time of day"),
    ("ev-charging.BandPrice.to", "结束时刻", "To this time of day"),
    ("price", "电价（元/kWh）", "Yuan for each kWh"),
    ("ev-charging.StationNow.service_fee", "服务费（元/kWh）", "Yuan for each kWh, on top of the price"),
    ("waiting_places_free", "等候区空位", "Free places in the waiting area"),
    ("modes", "各充电模式", "By charging mode"),
    ("mode", "充电模式：fast 快充，slow 慢充", "Charging mode"),
    ("ev-charging.StationMode.piles", "可用充电桩数", "Piles that work"),
    ("places_free", "充电区空位", "Free places in their lanes"),
    (
        "expected_wait",
        "新申请（30 kWh）的预计等待秒数，等候区已满时为 null",
        "Seconds that an order of 30 kWh would wait; null while the waiting area is full",
    ),
    ("ev-charging.Bill.id", "账单 id，即充电申请 id", "The bill's id, which is the request's"),
    ("amount", "金额（元）", "Amount in yuan"),
    ("issued_at", "出账时间", "When it was issued"),
    ("due_at", "到期时间", "When it falls due"),
    ("paid_at", "结清时间", "Since when nothing is owed"),
    ("ev-charging.Bill.state", "current 待支付，arrears 待补缴，paid 已支付", "The bill's state"),
    ("paid_amount", "已支付金额（元）", "Paid so far, in yuan"),
    ("credited_amount", "冲减金额（元）", "Credited, in yuan"),
    ("outstanding", "尚欠金额（元）", "What is still owed, in yuan"),
    ("payment_id", "支付 id", "The payment's id, by which the provider's notice names it"),
    ("bill_id", "账单 id", "The bill's id"),
    ("provider", "支付渠道", "The payment provider"),
    ("checkout", "支付渠道所需内容", "What the app needs to go on, in the provider's own words"),
    // ev customers
    ("id", "编号", "The id"),
    ("ev-customer.MyInfo.id", "用户 id", "The driver's id"),
    ("ev-account.Vehicle.id", "车辆 id，用于解绑", "The vehicle's id, which #6 takes"),
    ("ev-customer.BoundVehicle.id", "车辆 id，用于解绑", "The vehicle's id, which #6 takes"),
    ("realName", "真实姓名", "Real name"),
    ("nickname", "昵称", "Nickname"),
    ("phoneNum", "手机号", "Mobile number"),
    ("gender", "性别：0 未知，1 男，2 女，3 第三性", "Gender: 0 unknown, 1 male, 2 female, 3 third"),
    ("vehicles", "已绑定车辆", "Bound vehicles"),
    ("vehicleType", "车辆类型", "Kind of vehicle"),
    ("carPlate", "车牌号", "Plate number"),
    ("vin", "车架号", "VIN"),
    ("numOfArrears", "待补缴账单数", "Overdue bills"),
    ("numOfCurrentFee", "待支付账单数", "Bills that can still be paid in time"),
    // mall
    ("status", "状态", "The status"),
    ("mall-agent.status", "0 未认证，1 审核中，2 未通过，3 已通过", "0 no papers, 1 waiting, 2 refused, 3 passed"),
    ("mall-dealer.status", "0 未认证，1 审核中，2 未通过，3 已通过", "0 no papers, 1 waiting, 2 refused, 3 passed"),
    ("reason", "原因", "The reason"),
    ("frontImg", "身份证正面图片地址", "Address of the front of the ID card"),
    ("qualification", "资格证图片地址", "Address of the certificate"),
    ("idNo", "身份证号（掩码）", "ID number, masked"),
    ("telephone", "手机号码", "Mobile number"),
    ("nickName", "昵称", "The name that is shown"),
    ("favicon", "头像地址", "Address of the picture that is shown"),
    ("picUrl", "图形验证码图片地址", "Address of the picture with letters"),
    ("openId", "微信用户唯一标识", "The WeChat user"),
    // portal
    ("cus_name", "企业用户名", "The customer's name"),
    ("cus_type", "FIRM 企业，SELF 个人", "Firm or individual"),
    ("tel", "固定电话", "Landline"),
    ("address", "地址", "Address"),
    ("postcode", "邮编", "Postcode"),
    ("fax", "传真", "Fax"),
    ("mobile", "手机号", "Mobile number"),
    ("cred_type", "证件类型", "Kind of document"),
    ("credentials", "证件号", "Document number"),
    ("permit_number", "营业执照编号", "Number of the business licence"),
    ("permit_addr", "营业执照图片地址", "Address of the picture of the business licence"),
    ("organizationcode", "组织机构代码", "Organisation code"),
    ("organizationCode_addr", "组织机构代码证图片地址", "Address of the picture of the organisation code certificate"),
    ("authorization", "服务授权码，仅主帐号可见", "Service authorisation code, for admins alone"),
    ("available", "可用的名称，被占用时为空对象", "The name if it is free, else empty"),
    ("contacts", "联系人列表", "The contacts"),
    ("total_count", "总数", "How many there are in all"),
    ("contact_id", "联系人 ID", "The contact's id"),
    ("contact_ids", "实际删除的联系人", "The contacts that were really deleted"),
    ("name", "名称", "Name"),
    ("sex", "性别：M 男，F 女", "Sex"),
    ("con_type", "联系人类型", "Kind of contact"),
    ("qq", "QQ 号", "QQ number"),
    ("accounts", "登录帐号列表", "The login accounts"),
    ("login_id", "登录帐号", "The login id"),
    ("account_type", "admin 主帐号，sub 子帐号", "Main or sub account"),
    ("contact_name", "联系人姓名", "Name of the contact"),
    ("last_logintime", "最近登录时间（UTC）", "When it last signed in (UTC)"),
    ("last_loginip", "最近登录地址", "From where it last signed in"),
    ("cloud-customer.status", "ACTIVITY 启用，DISABLED 禁用", "Enabled or disabled"),
    ("account_id", "帐号", "The account"),
    ("account_ids", "实际删除的帐号", "The accounts that were really deleted"),
    ("industry_application", "行业应用", "Line of business"),
    ("main_business", "主营业务", "Main business"),
    ("website", "用户网址", "Website"),
    // shops
    ("items", "记录列表", "The records"),
    ("nextCursor", "下一页的 cursor，没有则为 null", "The `cursor` of the next page, else null"),
    ("shop-customer.Record.id", "顾客 ID", "The customer's id"),
    ("shop-customer.LinkedAccount.id", "顾客 ID", "The customer's id"),
    ("version", "版本号", "The version"),
    ("shopId", "门店 ID", "The shop"),
    ("mrn", "病历号", "The record's number in the shop"),
    ("shop-customer.Record.gender", "male 男，female 女，unknown 未知", "Gender"),
    ("birthday", "出生日期", "Date of birth"),
    ("idcard", "身份证号，无权查看者为掩码", "ID number, masked for readers without the right to it"),
    ("country", "国家", "Country"),
    ("province", "省", "Province"),
    ("city", "市", "City"),
    ("county", "区（县）", "District"),
    ("balance", "余额（分）", "Balance in fen"),
    ("credit", "积分", "Points"),
    ("wechatNickname", "微信昵称", "WeChat nickname"),
    ("wechatHeadimgurl", "微信头像", "WeChat picture"),
    ("LastSigninAt", "最近签到时间", "When the customer last signed in"),
    ("tag", "标签列表", "Tags"),
    ("fromChannel", "注册渠道", "Where the customer came from"),
    ("fromReferrer", "转介绍人", "Who referred the customer"),
    ("fromActivity", "来源活动", "The campaign that brought the customer"),
    ("shop-customer.Record.status", "状态", "The record's status"),
    ("signinStatus", "当日签到：signed 已签到，unsigned 未签到", "Today's sign-in"),
    // operators
    ("next", "下一页的参数，没有则为 null", "What the next page is asked for with, else null"),
    ("stations", "充电站列表", "The stations"),
    ("number", "编号", "The number"),
    ("operator.InLine.number", "排队号码", "The queue number"),
    ("operator.Called.number", "排队号码", "The queue number"),
    ("fast_piles", "快充桩数", "Fast piles"),
    ("slow_piles", "慢充桩数", "Slow piles"),
    ("fast_power_kwh_per_h", "快充功率（kWh/小时）", "Power of fast piles"),
    ("slow_power_kwh_per_h", "慢充功率（kWh/小时）", "Power of slow piles"),
    ("waiting_area_N", "等候区车位数", "Places in the waiting area"),
    ("pile_queue_length_M", "每桩队列长度", "Places in a pile's lane"),
    ("fault_strategy", "故障调度策略", "What happens to cars of a failed pile"),
    ("dispatch_target", "调度目标", "What dispatch aims at"),
    ("dispatch_mode", "调度方式", "How cars are dispatched"),
    ("modify_in_pile", "充电区内能否修改充电量", "Whether the amount can be changed in the charging area"),
    ("payment_due_hours", "付款期限（小时）", "Hours in which a bill is to be paid"),
    ("arrears", "欠费时能否申请", "Whether drivers in arrears may join"),
    ("settings", "充电站参数", "The settings"),
    ("place", "名称、地址、营业时间、电话和坐标", "Where the station is"),
    ("coordinates", "坐标（GCJ-02），纬度在前", "Coordinates in GCJ-02, latitude first"),
    ("operator.Place.hours", "营业时间", "Opening hours"),
    (
        "qr_link",
        "桩上二维码的内容，应用打开后即在此下单",
        "What the QR code on the pile says: an app opens it as «order here»",
    ),
    ("coming_prices", "尚未生效的电价", "Price changes that lie ahead"),
    ("valid_from", "生效时间", "From when on"),
    ("zone", "时区", "Time zone"),
    ("operator.CustomerView.zone", "区域", "The zone"),
    ("tariff", "分时电价：起、止、元/kWh", "From, to, yuan for each kWh"),
    ("operator.Coming.service_fee", "服务费（元/kWh）", "Yuan for each kWh, on top of the price"),
    ("operator.PriceLine.service_fee", "服务费（元/kWh）", "Yuan for each kWh, on top of the price"),
    ("operator.Prices.service_fee", "服务费（元/kWh）", "Yuan for each kWh, on top of the price"),
    ("set_at", "设置时间", "When it was set"),
    ("set_by", "设置人", "Who set it"),
    ("at", "时间", "When"),
    ("piles", "充电桩列表", "The piles"),
    ("waiting", "等候区车辆，按到达先后", "The waiting area, in order of arrival"),
    ("displaced", "因故障待转移的车辆", "Cars displaced by a fault"),
    ("cars", "队列中的车辆，队首在前", "The cars of the lane, its head first"),
    ("totals", "累计数据", "Totals since the station was made"),
    ("metering", "计量方式：nominal 按额定功率，metered 按电表", "`nominal`, or `metered`: where energy comes from"),
    ("no_show_minutes", "为已叫号车辆保留车位的分钟数", "For how many minutes a called car's place is kept"),
    ("silence_minutes", "充电桩多少分钟无上报算失联", "After how many minutes without a report a pile is silent"),
    ("above_order", "超出申请量的电量：bill 计费，waive 不计费", "Energy above the order: `bill` or `waive`"),
    ("meter", "电表（按电表计量的充电站）", "The meter, at a metered station"),
    ("pile_id", "充电桩的整数编号", "The pile's integer id"),
    ("operator.Issued.key", "密钥（base64url，32 字节），只显示一次", "The key, 32 bytes in base64url, shown once"),
    ("register_kwh", "电表读数（kWh）", "What the meter shows, in kWh"),
    ("commissioned_kwh", "首次上报的电表读数（kWh）", "The first register that was reported, in kWh"),
    (
        "session_state",
        "idle 空闲，awaiting 等待已叫号车辆，charging 充电中，stopping 正在停止，stray 未叫号车辆充电",
        "What the pile does",
    ),
    ("session", "充电桩的会话编号", "The pile's name of the session"),
    ("last_reading_at", "最后读数的时刻（充电桩时钟）", "The pile's instant of the last reading"),
    ("last_report_at", "最后上报的时刻", "When the last report came"),
    ("watts", "实测功率（W）", "What flows now, in watts"),
    ("silent", "充电中但超时无上报", "It charges and has said nothing for too long"),
    ("refused_reports", "被拒绝的上报次数", "How many reports were refused"),
    ("replaced_instants", "被替换的时刻次数", "How many instants were impossible and replaced"),
    ("too_fast", "读数增长超过额定功率的次数", "How often the register rose faster than the pile's power"),
    ("stretches", "电表读数的去向，首尾相接", "What the register is accounted for"),
    ("complete", "是否首尾相接、无缺无重", "Whether the stretches leave no gap and do not overlap"),
    ("from_kwh", "起始读数（kWh）", "From this register on, in kWh"),
    ("to_kwh", "结束读数（kWh）", "Up to this register, in kWh"),
    ("unassigned", "未归属原因：stray、between_sessions、above_order、too_little", "Why no driver is billed"),
    ("accounted_at", "入账时间", "When it was accounted for"),
    ("stop", "要求停止该会话", "The pile shall stop this session"),
    ("billed", "该会话是否计费", "Whether the session is of a car that was called"),
    ("operator.Pile.state", "充电桩状态", "The pile's state"),
    ("operator.Pile.id", "充电桩 id", "The pile's id, as the charging app knows it"),
    ("operator.PileRow.id", "充电桩 id", "The pile's id"),
    ("driver_id", "车主 id", "The driver's id"),
    ("plate", "车牌号，无车牌时为空", "Plate number, empty without one"),
    ("applied_at", "申请时间", "When the driver applied"),
    ("waiting_seconds", "等待秒数", "Seconds of waiting"),
    ("requested_kwh", "申请电量（kWh）", "Energy asked for, in kWh"),
    ("delivered_kwh", "已充电量（kWh）", "Energy delivered, in kWh"),
    ("remaining_kwh", "剩余电量（kWh）", "Energy still to come, in kWh"),
    ("fee", "费用（元）", "Fee so far, in yuan"),
    ("charging_since", "本桩开始充电时间", "Since when it charges on this pile"),
    ("sessions", "充电次数", "Charging sessions"),
    ("hours", "充电时长（小时）", "Hours of charging"),
    ("kwh", "充电量（kWh）", "Energy in kWh"),
    ("period", "周期", "The period"),
    ("rows", "各周期数据", "One row for each period"),
    ("from", "起始", "From"),
    ("to", "结束", "To"),
    ("operator.HistoryLine.from", "原状态", "The status before"),
    ("operator.HistoryLine.to", "新状态", "The status after"),
    ("peak_waiting", "等候区最多车辆数", "Most cars in the waiting area"),
    ("bills", "账单列表", "The bills"),
    ("entries", "记录列表", "The entries"),
    ("records", "详单数", "Detail records"),
    ("paid", "实收金额（元）", "What came in less what went back, in yuan"),
    ("credited", "冲减金额（元）", "Credited, in yuan"),
    ("overpaid", "多付金额（元）", "What the driver has to get back, in yuan"),
    ("settled_at", "结清时间", "Since when nothing is owed"),
    ("state", "状态：current 待支付，arrears 待补缴，paid 已支付", "The bill's state"),
    ("kind", "payment 付款，credit 冲减，refund 退款", "Kind of entry"),
    ("reference", "流水号", "What the bank or the provider calls it"),
    ("key", "幂等键", "What makes the entry one"),
    ("by", "操作人", "Who did it"),
    ("customer_id", "企业 id", "The customer's id"),
    ("manager", "客户经理", "The account manager"),
    ("people", "人员列表", "The staff"),
    ("realm", "用户群", "The realm"),
    ("role", "角色", "The role"),
    ("shops", "门店列表", "The shops"),
    ("locked", "是否锁定", "Whether the account is locked"),
    ("live_sessions", "在线会话数", "Live sessions"),
    ("shop_id", "门店 ID", "The shop"),
    ("group", "门店组", "The group of shops"),
    ("group_id", "门店组 ID", "The group of shops"),
    ("signin_points", "每次签到积分", "Points for a sign-in"),
    ("papers", "证件列表", "The papers"),
    ("real_name", "真实姓名", "Real name"),
    ("id_no", "身份证号，审核员看完整号码", "ID number, whole for auditors, else masked"),
    ("front_img", "身份证正面图片地址，十分钟内有效", "Address of the front of the ID card, good for ten minutes"),
    ("pictures_until", "图片删除时间", "When the pictures go, or went"),
    ("operator.status", "0 未认证，1 审核中，2 未通过，3 已通过", "0 no papers, 1 waiting, 2 refused, 3 passed"),
    ("operator.version", "证件版本，用于 #17", "What #17 takes as `version`"),
    ("submitted_at", "提交时间", "When they were handed in"),
    ("waiting_since", "等待审核的起始时间", "Since when they wait"),
    ("history", "处理记录", "What happened to them"),
    ("action", "操作", "What was done"),
    ("actor", "操作人", "Who did it"),
    ("audit-reader.TrailEntry.address", "来源地址", "From which address"),
    ("request", "请求编号", "The request's id"),
    ("change", "修改内容", "What was changed"),
    ("cursor", "翻页位置", "What a page that begins behind it is asked for with"),
    // what stands in paths
    ("mall-dealer.name", "头像文件名", "The picture's name"),
    ("account", "账户 id", "The account's id"),
    ("station", "充电站编号", "The station"),
    ("operator.pile", "充电桩名称", "The pile's name"),
    ("driver", "车主 id", "The driver's id"),
    ("bill", "账单 id", "The bill's id"),
    ("shop", "门店 ID", "The shop"),
    ("customer", "企业 id", "The customer's id"),
    ("cloud-customer.zone", "区域", "The zone"),
    ("ev-customer.id", "用户 id", "The driver's id"),
    ("shop-customer.id", "顾客 ID", "The customer's id"),
    // payments
    ("result", "处理结果", "The outcome"),
    ("transaction", "流水号", "What the provider calls the money"),
];

/// Integers that outgrow 31 bits: they are stated as int64, and all others as int32.
const LONG: &[&str] = &[
    "record_id",
    "request_id",
    "bill_id",
    "ev-charging.Bill.id",
    "balance",
    "credit",
    "amount",
    "before",
    "offset",
    "operator.History.next",
];

/// A view with a description of each field and the width of each integer.
pub fn explained(function: &str, view: &str, mut schema: Value) -> Value {
    explain(&[&format!("{function}.{view}."), &format!("{function}."), ""], &mut schema);
    schema
}

/// What a parameter of a path means.
pub fn in_path(function: &str, name: &str) -> Option<String> {
    meaning(&[&format!("{function}."), ""], name)
}

/// The width of an integer that is sent.
pub fn widened(name: &str, mut schema: Value) -> Value {
    widen(&[""], name, &mut schema);
    schema
}

fn explain(scopes: &[&str], schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(|part| explain(scopes, part)),
        Value::Object(parts) => {
            let mut properties = parts.remove("properties");
            parts.values_mut().for_each(|part| explain(scopes, part));
            for (name, property) in properties.iter_mut().filter_map(Value::as_object_mut).flatten() {
                explain(scopes, property);
                describe(scopes, name, property);
                widen(scopes, name, property);
            }
            if let Some(properties) = properties {
                parts.insert("properties".to_owned(), properties);
            }
        }
        _ => {}
    }
}

fn describe(scopes: &[&str], name: &str, property: &mut Value) {
    if let Some(meaning) = meaning(scopes, name) {
        if !property.is_object() {
            *property = Map::new().into();
        }
        property["description"] = meaning.into();
    }
}

fn meaning(scopes: &[&str], name: &str) -> Option<String> {
    let known = |scope: &&str| FIELDS.iter().find(|(field, ..)| field.strip_prefix(scope) == Some(name));
    scopes.iter().find_map(known).map(|(_, chinese, english)| format!("{chinese} · {english}"))
}

fn widen(scopes: &[&str], name: &str, property: &mut Value) {
    let kind = &property["type"];
    let is_integer = kind == "integer" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("integer")));
    if is_integer {
        let is_long = scopes.iter().any(|scope| LONG.iter().any(|long| long.strip_prefix(scope) == Some(name)));
        property["format"] = if is_long { "int64" } else { "int32" }.into();
    }
}
