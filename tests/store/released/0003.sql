BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE case_messages (
	case_number VARCHAR NOT NULL, 
	message_sha256 VARCHAR NOT NULL, 
	added_at DATETIME NOT NULL, 
	CONSTRAINT pk_case_messages PRIMARY KEY (case_number, message_sha256), 
	CONSTRAINT fk_case_messages_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_case_messages_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
INSERT INTO "case_messages" VALUES('2023-W-0001','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','2023-08-01 01:00:00.000000');
CREATE TABLE cases (
	number VARCHAR NOT NULL, 
	track VARCHAR NOT NULL, 
	unit VARCHAR, 
	title VARCHAR, 
	"case" TEXT NOT NULL, 
	decision VARCHAR NOT NULL, 
	decided_by VARCHAR NOT NULL, 
	sender VARCHAR NOT NULL, 
	sender_key VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, purged_at DATETIME, 
	CONSTRAINT pk_cases PRIMARY KEY (number)
);
INSERT INTO "cases" VALUES('2023-W-0001','text','潍城区发改局','诚信街区','{"number":"2023-W-0001","track":"text","title":"诚信街区","unit":"潍城区发改局","contact":null,"phone":"13800000000","email":null,"address":null,"category":null,"highlights":null,"content":null,"commitment":null,"materials":[],"links":[],"unopened":[],"sketch":[],"fingerprint":null,"recommended":null,"merged_into":null,"first_received_at":"2023-08-01T01:00:00Z"}','needs_supplement','daemon','Zhang@126.com','zhang@126.com','2023-08-01 01:00:00.000000','2023-08-01 01:00:00.000000','2023-08-01 01:00:00.000000',NULL);
CREATE TABLE code_uses (
	code VARCHAR NOT NULL, 
	case_number VARCHAR NOT NULL, 
	message_sha256 VARCHAR NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_code_uses PRIMARY KEY (code, case_number), 
	CONSTRAINT fk_code_uses_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_code_uses_code_codes FOREIGN KEY(code) REFERENCES codes (code), 
	CONSTRAINT fk_code_uses_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
CREATE TABLE codes (
	code VARCHAR NOT NULL, 
	recipient_key VARCHAR NOT NULL, 
	issued_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_codes PRIMARY KEY (code)
);
CREATE TABLE cursors (
	account VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uidnext BIGINT NOT NULL, 
	highest BIGINT NOT NULL, 
	CONSTRAINT pk_cursors PRIMARY KEY (account, folder)
);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id)
);
INSERT INTO "events" VALUES(1,'2023-08-01 01:00:00.000000','applicant','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','received','INBOX via imap');
INSERT INTO "events" VALUES(2,'2023-08-01 01:00:00.000000','daemon','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','judged','submission: needs_supplement');
INSERT INTO "events" VALUES(3,'2023-08-01 01:00:00.000000','daemon','2023-W-0001','opened','');
INSERT INTO "events" VALUES(4,'2023-08-01 01:00:00.000000','daemon','2023-W-0001','judged','needs_supplement');
INSERT INTO "events" VALUES(5,'2023-08-01 01:00:00.000000','applicant','2023-W-0001','received','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f');
INSERT INTO "events" VALUES(6,'2023-08-01 01:00:00.000000','daemon','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','queued','receipt receipt:2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f');
INSERT INTO "events" VALUES(7,'2023-08-01 01:00:00.000000','daemon','2023-W-0001','queued','receipt receipt:2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f');
INSERT INTO "events" VALUES(8,'2023-08-01 01:00:00.000000','applicant','7c7b17f3637b55bc36f2d41e3e4382302eff9fb349cc67279a6c6736f2b5cc0f','received','INBOX via imap');
CREATE TABLE facts (
	sha256 VARCHAR NOT NULL, 
	parser VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	CONSTRAINT pk_facts PRIMARY KEY (sha256, parser, version)
);
CREATE TABLE findings (
	id INTEGER NOT NULL, 
	case_number VARCHAR, 
	message_sha256 VARCHAR, 
	code VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT pk_findings PRIMARY KEY (id), 
	CONSTRAINT ck_findings_ck_findings_one_owner CHECK ((case_number IS NULL) <> (message_sha256 IS NULL)), 
	CONSTRAINT fk_findings_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_findings_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
INSERT INTO "findings" VALUES(1,'2023-W-0001',NULL,'missing_pdf_form','error','{}');
CREATE TABLE ledger (
	id INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	received_at DATETIME NOT NULL, 
	source VARCHAR NOT NULL, 
	incomplete BOOLEAN NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (id), 
	CONSTRAINT fk_ledger_sha256_messages FOREIGN KEY(sha256) REFERENCES messages (sha256), 
	CONSTRAINT uq_ledger_account_folder_uidvalidity_uid UNIQUE (account, folder, uidvalidity, uid)
);
INSERT INTO "ledger" VALUES(1,'wfxyxh','INBOX',1,1,'2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f',100,'2023-08-01 01:00:00.000000','imap',0,'2023-08-01 01:00:00.000000');
INSERT INTO "ledger" VALUES(2,'wfxyxh','INBOX',1,2,'7c7b17f3637b55bc36f2d41e3e4382302eff9fb349cc67279a6c6736f2b5cc0f',100,'2023-08-01 01:00:00.000000','imap',0,'2023-08-01 01:00:00.000000');
CREATE TABLE letter_cases (
	letter_id BIGINT NOT NULL, 
	case_number VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_letter_cases PRIMARY KEY (letter_id, case_number), 
	CONSTRAINT fk_letter_cases_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_letter_cases_letter_id_letters FOREIGN KEY(letter_id) REFERENCES letters (id)
);
INSERT INTO "letter_cases" VALUES(1,'2023-W-0001',0);
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	message_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	recipient_key VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT NOT NULL, 
	raw BLOB NOT NULL, 
	message_sha256 VARCHAR, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	owner VARCHAR, 
	claimed_at DATETIME, 
	next_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	error VARCHAR NOT NULL, 
	proof VARCHAR NOT NULL, 
	bounced VARCHAR NOT NULL, 
	CONSTRAINT pk_letters PRIMARY KEY (id), 
	CONSTRAINT fk_letters_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256), 
	CONSTRAINT uq_letters_key UNIQUE ("key"), 
	CONSTRAINT uq_letters_message_id UNIQUE (message_id)
);
INSERT INTO "letters" VALUES(1,'<receipt:2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f@shoujian>','receipt','receipt:2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','Zhang@126.com','zhang@126.com','回执','已收到','',X'5375626A6563743A203D3F7574662D383F623F355A7565356F6D6E3F3D0D0A0D0A','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','queued',0,NULL,NULL,'2023-08-01 01:00:00.000000','2023-08-01 01:00:00.000000',NULL,'','','');
CREATE TABLE materials (
	id INTEGER NOT NULL, 
	case_number VARCHAR NOT NULL, 
	message_sha256 VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	superseded BOOLEAN NOT NULL, 
	material TEXT NOT NULL, 
	CONSTRAINT pk_materials PRIMARY KEY (id), 
	CONSTRAINT fk_materials_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number), 
	CONSTRAINT fk_materials_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256), 
	CONSTRAINT uq_materials_case_number_message_sha256_path_role_nth UNIQUE (case_number, message_sha256, path, role, nth)
);
INSERT INTO "materials" VALUES(1,'2023-W-0001','2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','申报表.docx','word_form',0,'c4d44e7bf5f21c5d7f2ab73ad1cbc336eb75df6a8378b1c00b0b2bbe9405d40f','2023-08-01 01:00:00.000000',1,0,'{"role":"word_form","part":{"path":"申报表.docx","filename":"申报表.docx","original_name":"","declared_type":"","kind":"docx","media_type":"application/msword","sha256":"c4d44e7bf5f21c5d7f2ab73ad1cbc336eb75df6a8378b1c00b0b2bbe9405d40f","size":9,"inline":false,"decoration":false},"facts":{"parser":"word","version":1,"problem":null,"detail":"","forms":[],"text":"内容","text_length":null,"source":"","pages":null,"macros":false,"seal":null,"video":null,"dates":[],"width":null,"height":null,"producer":"","derived":[]},"form":null,"received_at":"2023-08-01T01:00:00Z","message_sha256":"2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f","version":1,"superseded":false}');
CREATE TABLE messages (
	sha256 VARCHAR(64) NOT NULL, 
	account VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	received_at DATETIME NOT NULL, 
	source VARCHAR NOT NULL, 
	reply BOOLEAN NOT NULL, 
	incomplete BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	error VARCHAR NOT NULL, 
	lease_owner VARCHAR, 
	due_at DATETIME, 
	message_id VARCHAR, 
	sender VARCHAR NOT NULL, 
	sender_key VARCHAR NOT NULL, 
	sender_name VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	kind VARCHAR, 
	decision VARCHAR, 
	reason VARCHAR NOT NULL, 
	duplicate_of VARCHAR, 
	decided_at DATETIME, 
	CONSTRAINT pk_messages PRIMARY KEY (sha256)
);
INSERT INTO "messages" VALUES('2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','wfxyxh','INBOX',100,'2023-08-01 01:00:00.000000','imap',1,0,'decided',0,'',NULL,NULL,'<2e51a479@126.com>','Zhang@126.com','zhang@126.com','张三','潍坊市信用协会+徐雨欣+15715351816','submission','needs_supplement','',NULL,'2023-08-01 01:00:00.000000');
INSERT INTO "messages" VALUES('7c7b17f3637b55bc36f2d41e3e4382302eff9fb349cc67279a6c6736f2b5cc0f','wfxyxh','INBOX',100,'2023-08-01 01:00:00.000000','imap',1,0,'archived',0,'',NULL,'2023-08-01 01:00:00.000000',NULL,'','','','',NULL,NULL,'',NULL,NULL);
CREATE TABLE numbers (
	year INTEGER NOT NULL, 
	track VARCHAR NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_numbers PRIMARY KEY (year, track)
);
INSERT INTO "numbers" VALUES(2023,'text',1);
CREATE TABLE outcomes (
	message_sha256 VARCHAR NOT NULL, 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_outcomes PRIMARY KEY (message_sha256), 
	CONSTRAINT fk_outcomes_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
INSERT INTO "outcomes" VALUES('2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','{"reading":{"mail":{"sha256":"2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f","size":100,"message_id":"<2e51a479@126.com>","in_reply_to":[],"references":[],"sent_at":null,"relayed_at":null,"from_":{"name":"张三","address":"Zhang@126.com"},"sender":null,"reply_to":null,"to":[],"cc":[],"return_path":null,"subject":"潍坊市信用协会+徐雨欣+15715351816","headers":[],"media_type":"text/plain","text":"","quoted":"","parts":[{"path":"申报表.docx","filename":"申报表.docx","original_name":"","declared_type":"","kind":"docx","media_type":"application/msword","sha256":"c4d44e7bf5f21c5d7f2ab73ad1cbc336eb75df6a8378b1c00b0b2bbe9405d40f","size":9,"inline":false,"decoration":false}],"links":[],"report":null,"archive_problems":[],"truncated":false,"exact":true,"defects":[],"recalled":false,"fetched":null},"subject":{"convention":null,"unit":null,"contact":null,"participant":null,"work_title":null,"phone":null,"phone_problem":null,"receipts":[],"cleaned":""},"facts":{},"received_at":"2023-08-01T01:00:00Z","found_in":"INBOX","body":null,"gathered":[]},"kind":"submission","decision":"needs_supplement","verdicts":[{"case":{"number":"2023-W-0001","track":"text","title":"诚信街区","unit":"潍城区发改局","contact":null,"phone":"13800000000","email":null,"address":null,"category":null,"highlights":null,"content":null,"commitment":null,"materials":[{"role":"word_form","part":{"path":"申报表.docx","filename":"申报表.docx","original_name":"","declared_type":"","kind":"docx","media_type":"application/msword","sha256":"c4d44e7bf5f21c5d7f2ab73ad1cbc336eb75df6a8378b1c00b0b2bbe9405d40f","size":9,"inline":false,"decoration":false},"facts":{"parser":"word","version":1,"problem":null,"detail":"","forms":[],"text":"内容","text_length":null,"source":"","pages":null,"macros":false,"seal":null,"video":null,"dates":[],"width":null,"height":null,"producer":"","derived":[]},"form":null,"received_at":"2023-08-01T01:00:00Z","message_sha256":"","version":1,"superseded":false}],"links":[],"unopened":[],"sketch":[],"fingerprint":null,"recommended":null,"merged_into":null,"first_received_at":"2023-08-01T01:00:00Z"},"findings":[{"code":"missing_pdf_form","severity":"error","evidence":{}}],"decision":"needs_supplement"}],"findings":[],"roles":{},"reason":"","duplicate_of":null,"changes":{},"rulings":[],"fresh":true,"by_staff":false}');
CREATE TABLE parts (
	message_sha256 VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	filename VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	role VARCHAR, 
	CONSTRAINT pk_parts PRIMARY KEY (message_sha256, path), 
	CONSTRAINT fk_parts_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
INSERT INTO "parts" VALUES('2e51a4790c27f80b37804d14defe343dc50f1d54b510ba6a60c8b0d64c53ac3f','申报表.docx','c4d44e7bf5f21c5d7f2ab73ad1cbc336eb75df6a8378b1c00b0b2bbe9405d40f','申报表.docx','application/msword',9,NULL);
CREATE TABLE polls (
	id INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME NOT NULL, 
	ok BOOLEAN NOT NULL, 
	error VARCHAR NOT NULL, 
	seen INTEGER NOT NULL, 
	new INTEGER NOT NULL, 
	CONSTRAINT pk_polls PRIMARY KEY (id)
);
CREATE TABLE purges (
	id INTEGER NOT NULL, 
	"before" DATETIME NOT NULL, 
	begun_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	actor VARCHAR NOT NULL, 
	messages INTEGER NOT NULL, 
	cases INTEGER NOT NULL, 
	CONSTRAINT pk_purges PRIMARY KEY (id)
);
CREATE TABLE readings (
	message_sha256 VARCHAR NOT NULL, 
	mail TEXT NOT NULL, 
	CONSTRAINT pk_readings PRIMARY KEY (message_sha256), 
	CONSTRAINT fk_readings_message_sha256_messages FOREIGN KEY(message_sha256) REFERENCES messages (sha256)
);
CREATE TABLE rulings (
	id INTEGER NOT NULL, 
	case_number VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	"before" VARCHAR NOT NULL, 
	before_by VARCHAR NOT NULL, 
	"after" VARCHAR NOT NULL, 
	letter_key VARCHAR, 
	undone_at DATETIME, 
	CONSTRAINT pk_rulings PRIMARY KEY (id), 
	CONSTRAINT fk_rulings_case_number_cases FOREIGN KEY(case_number) REFERENCES cases (number)
);
CREATE INDEX ix_cases_decision ON cases (decision);
CREATE INDEX ix_cases_received_at ON cases (received_at);
CREATE INDEX ix_cases_sender_key ON cases (sender_key);
CREATE INDEX ix_cases_unit ON cases (unit);
CREATE INDEX ix_cases_updated_at ON cases (updated_at);
CREATE INDEX ix_events_at ON events (at);
CREATE INDEX ix_events_subject_id ON events (subject, id);
CREATE INDEX ix_messages_due ON messages (received_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_messages_message_id ON messages (message_id);
CREATE INDEX ix_messages_received_at ON messages (received_at);
CREATE INDEX ix_messages_sender_key_received_at ON messages (sender_key, received_at);
CREATE INDEX ix_messages_state_received_at ON messages (state, received_at);
CREATE INDEX ix_polls_account_id ON polls (account, id);
CREATE INDEX ix_case_messages_message_sha256 ON case_messages (message_sha256);
CREATE INDEX ix_findings_case_number ON findings (case_number);
CREATE INDEX ix_findings_code ON findings (code);
CREATE INDEX ix_findings_message_sha256 ON findings (message_sha256);
CREATE INDEX ix_ledger_sha256 ON ledger (sha256);
CREATE INDEX ix_letters_created_at ON letters (created_at);
CREATE INDEX ix_letters_kind_created_at ON letters (kind, created_at);
CREATE INDEX ix_letters_message_sha256 ON letters (message_sha256);
CREATE INDEX ix_letters_recipient_key_sent_at ON letters (recipient_key, sent_at);
CREATE INDEX ix_letters_sent_at ON letters (sent_at);
CREATE INDEX ix_letters_state_next_at ON letters (state, next_at);
CREATE INDEX ix_materials_case_number ON materials (case_number);
CREATE INDEX ix_materials_message_sha256 ON materials (message_sha256);
CREATE INDEX ix_materials_sha256 ON materials (sha256);
CREATE INDEX ix_parts_sha256 ON parts (sha256);
CREATE INDEX ix_letter_cases_case_number ON letter_cases (case_number);
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE INDEX ix_rulings_case_number ON rulings (case_number);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events WHEN NOT (NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.actor = OLD.actor AND NEW.subject = OLD.subject AND NEW.event = OLD.event AND substr(OLD.detail, 1, length(NEW.detail)) = NEW.detail AND EXISTS (SELECT 1 FROM purges WHERE finished_at IS NULL)) BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER purges_no_delete BEFORE DELETE ON purges BEGIN SELECT RAISE(ABORT, 'purges are append-only'); END;
COMMIT;
