//! From resolved WIT to the [`Model`]: each rule of `wit/README.md` is enforced here, and only here.

use std::collections::HashMap;

use locket_abi::ResourceId;
use wit_parser::{
    Function as WitFunction, FunctionKind as WitKind, InterfaceId, Resolve, Span, Type, TypeDefKind, TypeId,
};

use super::{
    Authority, Function, FunctionKind, Interface, KERNEL_ERRORS, MAX_RIGHTS, Model, Resource, Right,
    directive::{Directives, Subject},
    error::{Error, Place, Problem},
    source::Packages,
};

pub(super) fn model(packages: &Packages) -> Result<Model, Error> {
    let resolve = packages.resolve()?;
    let mut claims = Claims { resolve: &resolve, words: HashMap::new(), ids: HashMap::new() };
    let mut interfaces = Vec::new();
    for package in resolve.topological_packages() {
        for &id in resolve.packages[package].interfaces.values() {
            let interface = Checker::new(&resolve, id).interface()?;
            claims.claim(&interface)?;
            interfaces.push(interface);
        }
    }
    Ok(Model { interfaces, files: packages.files(), resolve })
}

/// What may have only one meaning over all packages: grant words, and the ids of resource types.
struct Claims<'r> {
    resolve: &'r Resolve,
    words: HashMap<String, String>,
    ids: HashMap<ResourceId, String>,
}

impl Claims<'_> {
    fn claim(&mut self, interface: &Interface) -> Result<(), Error> {
        if let Authority::Whole { granted_as } = &interface.authority {
            self.word(granted_as, interface.name.clone())
                .map_err(|problem| self.error(interface, None, self.resolve.interfaces[interface.id].span, problem))?;
        }
        for resource in &interface.resources {
            let owner = format!("{}, `{}`", interface.name, resource.name);
            let id = ResourceId::of(&format!("{}/{}", interface.name, resource.name));
            let same_id = self.ids.insert(id, owner.clone()).map(|other| Problem::SameId { other });
            let word = resource.granted_as.as_ref().map_or(Ok(()), |word| self.word(word, owner));
            if let Some(problem) = same_id.or(word.err()) {
                let span = self.resolve.types[resource.id].span;
                return Err(self.error(interface, Some(&resource.name), span, problem));
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &str, owner: String) -> Result<(), Problem> {
        if !is_grant_word(word) {
            return Err(Problem::GrantWord { word: word.to_owned() });
        }
        match self.words.insert(word.to_owned(), owner) {
            Some(other) => Err(Problem::GrantWordTaken { word: word.to_owned(), other }),
            None => Ok(()),
        }
    }

    fn error(&self, interface: &Interface, item: Option<&str>, span: Span, problem: Problem) -> Error {
        let place = Place {
            file: self.resolve.render_location(span),
            interface: interface.name.clone(),
            item: item.map(str::to_owned),
        };
        Error::Rule { place: Box::new(place), problem: Box::new(problem) }
    }
}

fn is_grant_word(word: &str) -> bool {
    word.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
        && word.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Reads one interface.
struct Checker<'r> {
    resolve: &'r Resolve,
    wit: &'r wit_parser::Interface,
    id: InterfaceId,
    name: String,
}

impl<'r> Checker<'r> {
    fn new(resolve: &'r Resolve, id: InterfaceId) -> Self {
        // Interfaces listed by a package have a name; `render` still wants something for those that have none.
        let name = resolve.id_of(id).unwrap_or_default();
        Self { resolve, wit: &resolve.interfaces[id], id, name }
    }

    fn fail<T>(&self, span: Span, item: Option<&str>, problem: Problem) -> Result<T, Error> {
        let place = Place {
            file: self.resolve.render_location(span),
            interface: self.name.clone(),
            item: item.map(str::to_owned),
        };
        Err(Error::Rule { place: Box::new(place), problem: Box::new(problem) })
    }

    fn directives(
        &self,
        docs: &wit_parser::Docs,
        subject: Subject,
        span: Span,
        item: Option<&str>,
    ) -> Result<Directives, Error> {
        Directives::parse(docs.contents.as_deref(), subject).or_else(|problem| self.fail(span, item, problem))
    }

    fn interface(&self) -> Result<Interface, Error> {
        let said = self.directives(&self.wit.docs, Subject::Interface, self.wit.span, None)?;
        let resources = self.resources()?;
        let granted_resources = resources.iter().any(|resource| resource.granted_as.is_some());
        let authority = match (said.granted_as, said.free, granted_resources) {
            (None, false, true) => Authority::Resources,
            (None, true, false) => Authority::Free,
            (Some(granted_as), false, false) if resources.is_empty() => Authority::Whole { granted_as },
            (None, false, false) => Authority::Unstated,
            _ => return self.fail(self.wit.span, None, Problem::WholeAndParts),
        };
        let rights = self.rights()?;
        self.check_error_enum(&authority)?;
        let functions = self
            .wit
            .functions
            .values()
            .map(|function| self.function(function, &authority, &rights))
            .collect::<Result<Vec<_>, _>>()?;
        for resource in resources.iter().filter(|resource| resource.granted_as.is_some()) {
            let opens = |function: &Function| {
                function.kind == FunctionKind::Open && function.resource.as_ref() == Some(&resource.name)
            };
            if !functions.iter().any(opens) {
                let problem = Problem::NoOpen { resource: resource.name.clone() };
                return self.fail(self.resolve.types[resource.id].span, Some(&resource.name), problem);
            }
        }
        Ok(Interface { name: self.name.clone(), docs: said.docs, authority, rights, resources, functions, id: self.id })
    }

    fn resources(&self) -> Result<Vec<Resource>, Error> {
        let mut resources = Vec::new();
        for (name, &id) in &self.wit.types {
            let definition = &self.resolve.types[id];
            if !matches!(definition.kind, TypeDefKind::Resource) {
                continue;
            }
            let said = self.directives(&definition.docs, Subject::Resource, definition.span, Some(name))?;
            if said.quota && said.granted_as.is_none() {
                let problem = Problem::Misplaced { line: "Quota: bytes.".to_owned(), belongs: "a granted resource" };
                return self.fail(definition.span, Some(name), problem);
            }
            resources.push(Resource {
                name: name.clone(),
                docs: said.docs,
                granted_as: said.granted_as,
                has_quota: said.quota,
                id,
            });
        }
        // WIT that was not written for Locket has no such lines at all, and is no error: nothing can grant it.
        let any_granted = resources.iter().any(|resource: &Resource| resource.granted_as.is_some());
        if let Some(resource) = resources.iter().find(|resource| any_granted && resource.granted_as.is_none()) {
            return self.fail(self.resolve.types[resource.id].span, Some(&resource.name), Problem::NoGrantWord);
        }
        Ok(resources)
    }

    fn rights(&self) -> Result<Vec<Right>, Error> {
        let Some(definition) = self.wit.types.get("rights").map(|&id| &self.resolve.types[id]) else {
            return Ok(Vec::new());
        };
        let TypeDefKind::Flags(flags) = &definition.kind else {
            return Ok(Vec::new());
        };
        if flags.flags.len() > MAX_RIGHTS {
            let problem = Problem::TooManyRights { count: flags.flags.len() };
            return self.fail(definition.span, Some("rights"), problem);
        }
        let right = |flag: &wit_parser::Flag| Right {
            name: flag.name.clone(),
            docs: flag.docs.contents.as_deref().unwrap_or_default().trim().to_owned(),
        };
        Ok(flags.flags.iter().map(right).collect())
    }

    /// The kernel must be able to say no in the interface's own words.
    fn check_error_enum(&self, authority: &Authority) -> Result<(), Error> {
        let granted = matches!(authority, Authority::Resources | Authority::Whole { .. });
        let definition = self.wit.types.get("error").map(|&id| &self.resolve.types[id]);
        let (cases, span) = match definition.map(|definition| (&definition.kind, definition.span)) {
            Some((TypeDefKind::Enum(error), span)) => {
                (error.cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), span)
            }
            _ if *authority == Authority::Resources => (Vec::new(), self.wit.span),
            _ => return Ok(()),
        };
        let missing: Vec<String> =
            KERNEL_ERRORS.iter().filter(|case| !cases.contains(case)).map(|&case| case.to_owned()).collect();
        if granted && !missing.is_empty() {
            return self.fail(span, Some("error"), Problem::ErrorCases { missing });
        }
        Ok(())
    }

    fn function(&self, wit: &WitFunction, authority: &Authority, rights: &[Right]) -> Result<Function, Error> {
        let resource = wit.kind.resource().and_then(|id| self.resolve.types[id].name.clone());
        let mut function = Function {
            name: wit.name.clone(),
            item: wit.item_name().to_owned(),
            resource,
            kind: match wit.kind {
                WitKind::Method(_) | WitKind::AsyncMethod(_) | WitKind::MethodGetter(_) | WitKind::MethodSetter(_) => {
                    FunctionKind::Method
                }
                WitKind::Static(_) | WitKind::AsyncStatic(_) | WitKind::StaticGetter(_) | WitKind::StaticSetter(_) => {
                    FunctionKind::Static
                }
                WitKind::Constructor(_) => FunctionKind::Constructor,
                WitKind::Freestanding | WitKind::AsyncFreestanding | WitKind::Getter | WitKind::Setter => {
                    FunctionKind::Free
                }
            },
            docs: String::new(),
            rights: Vec::new(),
            waits: false,
            limits: Vec::new(),
        };
        let path = function.path();
        let item = Some(path.as_str());
        let said = self.directives(&wit.docs, Subject::Function, wit.span, item)?;
        self.check_limits(wit, &said, item)?;
        for right in &said.rights {
            if function.kind != FunctionKind::Method || *authority != Authority::Resources {
                let problem = Problem::Misplaced {
                    line: format!("Right: `{right}`."),
                    belongs: "a method of a granted resource",
                };
                return self.fail(wit.span, item, problem);
            }
            if !rights.iter().any(|known| known.name == *right) {
                let known = rights.iter().map(|known| known.name.clone()).collect();
                return self.fail(wit.span, item, Problem::UnknownRight { right: right.clone(), known });
            }
        }
        if *authority == Authority::Resources {
            match function.kind {
                FunctionKind::Method if said.rights.is_empty() => return self.fail(wit.span, item, Problem::NoRight),
                FunctionKind::Method => {}
                FunctionKind::Static if self.is_open(wit) => function.kind = FunctionKind::Open,
                _ => return self.fail(wit.span, item, Problem::NoObject),
            }
        }
        function.docs = said.docs;
        function.rights = said.rights;
        function.waits = said.waits;
        function.limits = said.limits;
        Ok(function)
    }

    fn check_limits(&self, wit: &WitFunction, said: &Directives, item: Option<&str>) -> Result<(), Error> {
        for limit in &said.limits {
            let Some(parameter) = wit.params.iter().find(|parameter| parameter.name == limit.parameter) else {
                let known = wit.params.iter().map(|parameter| parameter.name.clone()).filter(|name| name != "self");
                let problem = Problem::UnknownParameter { parameter: limit.parameter.clone(), known: known.collect() };
                return self.fail(wit.span, item, problem);
            };
            if !self.has_bytes(&parameter.ty) {
                let problem = Problem::NothingToLimit { parameter: limit.parameter.clone() };
                return self.fail(wit.span, item, problem);
            }
        }
        Ok(())
    }

    /// Whether a value of this type holds a string or a list.
    fn has_bytes(&self, ty: &Type) -> bool {
        let Type::Id(id) = ty else {
            return *ty == Type::String;
        };
        match &self.resolve.types[*id].kind {
            TypeDefKind::List(_) => true,
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) => self.has_bytes(ty),
            TypeDefKind::Record(record) => record.fields.iter().any(|field| self.has_bytes(&field.ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().any(|ty| self.has_bytes(ty)),
            TypeDefKind::Variant(variant) => {
                variant.cases.iter().filter_map(|case| case.ty.as_ref()).any(|ty| self.has_bytes(ty))
            }
            TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).any(|ty| self.has_bytes(ty)),
            _ => false,
        }
    }

    /// `open: static func(label: string) -> result<own<Self>, error>`
    fn is_open(&self, wit: &WitFunction) -> bool {
        let (WitKind::Static(resource), Some(Type::Id(result))) = (&wit.kind, wit.result) else {
            return false;
        };
        let TypeDefKind::Result(result) = &self.resolve.types[result].kind else {
            return false;
        };
        let label = matches!(wit.params.as_slice(), [label] if label.name == "label" && label.ty == Type::String);
        let own = result.ok.is_some_and(|ty| self.is_own_of(ty, *resource));
        let error = matches!(result.err, Some(Type::Id(id)) if self.wit.types.get("error") == Some(&id));
        wit.item_name() == "open" && label && own && error
    }

    fn is_own_of(&self, ty: Type, resource: TypeId) -> bool {
        let Type::Id(id) = ty else { return false };
        matches!(self.resolve.types[id].kind, TypeDefKind::Handle(wit_parser::Handle::Own(owned)) if owned == resource)
    }
}
