//! Reads scripts: converts each directive of a `.wast` file to a command.

use crate::runtime::Source;
use crate::value::Value;
use wast::core::WastRetCore;
use wast::lexer::{Lexer, TokenKind};
use wast::parser::ParseBuffer;
use wast::token::{Id, Span};
use wast::{
    QuoteWat, QuoteWatTest, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, Wat,
};

/// A command of a script. `name` and `instance` are optional names of instances or modules.
pub enum Command<'a> {
    Module {
        name: Option<String>,
        source: Source,
    },
    Definition {
        name: Option<String>,
        source: Source,
    },
    Instance {
        name: Option<String>,
        module: Option<String>,
    },
    Register {
        name: String,
        instance: Option<String>,
    },
    Invoke(Action),
    Return {
        action: Action,
        results: Vec<WastRetCore<'a>>,
    },
    Trap {
        action: Action,
        message: &'a str,
    },
    Exhaustion(Action),
    Exception(Action),
    /// The module is malformed or invalid.
    Refused {
        source: Source,
        message: &'a str,
    },
    Unlinkable {
        source: Source,
        message: &'a str,
    },
    /// A directive that no file of the suite has.
    Unknown(&'static str),
}

/// An action whose result a command checks.
pub enum Action {
    Invoke { instance: Option<String>, name: String, args: Vec<Value> },
    Get { instance: Option<String>, name: String },
    Module(Source),
}

/// Prepares the text of a file for `read`.
pub fn buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// Reads the commands of a file, each with its line.
pub fn read<'a>(
    text: &'a str,
    buffer: &'a ParseBuffer<'a>,
) -> Result<Vec<(usize, Command<'a>)>, wast::Error> {
    let script = wast::parser::parse::<Wast<'a>>(buffer)?;
    let reader = Reader { text };
    let commands = script.directives.into_iter().map(|directive| {
        let line = directive.span().linecol_in(text).0 + 1;
        reader.command(directive).map(|command| (line, command))
    });
    commands.collect()
}

struct Reader<'a> {
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn command(&self, directive: WastDirective<'a>) -> Result<Command<'a>, wast::Error> {
        Ok(match directive {
            WastDirective::Module(mut module) => {
                let source = self.quoted(&mut module)?;
                Command::Module { name: named(module.name()), source }
            }
            WastDirective::ModuleDefinition(mut module) => {
                let source = self.quoted(&mut module)?;
                Command::Definition { name: named(module.name()), source }
            }
            WastDirective::ModuleInstance { instance, module, .. } => {
                Command::Instance { name: named(instance), module: named(module) }
            }
            WastDirective::Register { name, module, .. } => {
                Command::Register { name: name.to_owned(), instance: named(module) }
            }
            WastDirective::Invoke(invoke) => Command::Invoke(action(&invoke)),
            WastDirective::AssertReturn { exec, results, .. } => {
                let results = results.into_iter().map(|result| match result {
                    WastRet::Core(result) => result,
                    _ => panic!("scripts of modules have no values of components"),
                });
                Command::Return { action: self.execute(exec)?, results: results.collect() }
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                Command::Trap { action: self.execute(exec)?, message }
            }
            WastDirective::AssertExhaustion { call, .. } => Command::Exhaustion(action(&call)),
            WastDirective::AssertException { exec, .. } => Command::Exception(self.execute(exec)?),
            WastDirective::AssertMalformed { mut module, message, .. }
            | WastDirective::AssertInvalid { mut module, message, .. } => {
                Command::Refused { source: self.quoted(&mut module)?, message }
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                Command::Unlinkable { source: self.plain(module)?, message }
            }
            WastDirective::AssertSuspension { .. } => Command::Unknown("assert_suspension"),
            WastDirective::AssertInvalidCustom { .. } => Command::Unknown("assert_invalid_custom"),
            WastDirective::AssertMalformedCustom { .. } => {
                Command::Unknown("assert_malformed_custom")
            }
            WastDirective::Thread(_) => Command::Unknown("thread"),
            WastDirective::Wait { .. } => Command::Unknown("wait"),
        })
    }

    fn execute(&self, exec: WastExecute<'a>) -> Result<Action, wast::Error> {
        Ok(match exec {
            WastExecute::Invoke(invoke) => action(&invoke),
            WastExecute::Wat(module) => Action::Module(self.plain(module)?),
            WastExecute::Get { module, global, .. } => {
                Action::Get { instance: named(module), name: global.to_owned() }
            }
        })
    }

    fn plain(&self, module: Wat<'a>) -> Result<Source, wast::Error> {
        self.quoted(&mut QuoteWat::Wat(module))
    }

    /// The bytes or the text of a module, as its directive has it. If the parser can't encode a module, this is
    /// its text, which the library must refuse.
    fn quoted(&self, module: &mut QuoteWat<'a>) -> Result<Source, wast::Error> {
        Ok(match module.to_test() {
            Ok(QuoteWatTest::Binary(bytes)) => Source::Binary(bytes),
            Ok(QuoteWatTest::Text(text)) => Source::Text(text),
            Err(_) => Source::Text(self.text_of(module.span())?.as_bytes().to_vec()),
        })
    }

    /// The text of a module whose keyword is at `span`.
    fn text_of(&self, span: Span) -> Result<&'a str, wast::Error> {
        let begin = self.text[..span.offset()].rfind('(').expect("modules are in parentheses");
        let mut lexer = Lexer::new(self.text);
        lexer.allow_confusing_unicode(true);
        let (mut depth, mut position) = (0, begin);
        while let Some(token) = lexer.parse(&mut position)? {
            match token.kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        Ok(&self.text[begin..position])
    }
}

fn named(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}

fn action(invoke: &WastInvoke<'_>) -> Action {
    let args = invoke.args.iter().map(|arg| match arg {
        WastArg::Core(arg) => Value::argument(arg),
        _ => panic!("scripts of modules have no values of components"),
    });
    Action::Invoke {
        instance: named(invoke.module),
        name: invoke.name.to_owned(),
        args: args.collect(),
    }
}
