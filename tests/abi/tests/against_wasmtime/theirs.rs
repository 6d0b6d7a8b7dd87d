//! The guest as a component in Wasmtime, with its own Canonical ABI. Everything here goes by the component's types, so
//! there is nothing to write per function.

use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, Instance, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{AsContextMut, Engine, Store};

use crate::event::Event;
use crate::probe::VALUES;

/// A resource of the host.
pub struct Token;

/// Another.
pub struct Ticket;

type Events = Vec<Event>;

/// The running component.
pub struct Guest {
    store: Store<Events>,
    component: Component,
    instance: Instance,
    /// The interface whose functions are called.
    interface: &'static str,
}

impl Guest {
    pub fn new(component: &[u8], interface: &'static str) -> Self {
        let engine = Engine::default();
        let component = Component::new(&engine, component).expect("Wasmtime accepts the component");
        let mut linker = Linker::new(&engine);
        for (name, item) in component.component_type().imports(&engine) {
            let ComponentItem::ComponentInstance(interface) = item.ty else { panic!("`{name}` is no interface") };
            let mut linker = linker.instance(name).expect("interfaces have different names");
            for (name, item) in interface.exports(&engine) {
                link(&mut linker, name, &item.ty);
            }
        }
        let mut store = Store::new(&engine, Events::new());
        let instance = linker.instantiate(&mut store, &component).expect("the component can be instantiated");
        Self { store, component, instance, interface }
    }

    /// The functions that the guest exports, and the types of their parameters.
    pub fn functions(&self) -> Vec<(String, Vec<Type>)> {
        let engine = self.store.engine();
        let ty = self.component.component_type();
        let (_, item) =
            ty.exports(engine).find(|(name, _)| *name == self.interface).expect("the interface is exported");
        let ComponentItem::ComponentInstance(interface) = item.ty else { panic!("`{}` is none", self.interface) };
        let functions = interface.exports(engine).filter_map(|(name, item)| match item.ty {
            ComponentItem::ComponentFunc(function) => {
                Some((name.to_owned(), function.params().map(|(_, ty)| ty).collect()))
            }
            _ => None,
        });
        functions.collect()
    }

    /// Calls a function. Tokens are given and returned as their numbers.
    pub fn call(&mut self, name: &str, params: &[Val]) -> wasmtime::Result<Option<Val>> {
        let interface = self.instance.get_export_index(&mut self.store, None, self.interface);
        let index = self.instance.get_export_index(&mut self.store, interface.as_ref(), name);
        let function = self.instance.get_func(&mut self.store, index.expect("the function is exported"));
        let function = function.expect("what is exported is a function");
        let ty = function.ty(&self.store);
        let params: Vec<Val> =
            params.iter().zip(ty.params()).map(|(val, (_, ty))| with_handles(&mut self.store, val, &ty)).collect();
        let mut results = vec![Val::Bool(false); ty.results().len()];
        function.call(&mut self.store, &params, &mut results)?;
        Ok(results.pop().map(|result| without_handles(&mut self.store, &result)))
    }

    /// What the host saw since it was last asked.
    pub fn take_events(&mut self) -> Events {
        std::mem::take(self.store.data_mut())
    }
}

fn link(linker: &mut LinkerInstance<'_, Events>, name: &str, item: &ComponentItem) {
    let done = match item {
        ComponentItem::Resource(_) if name == "ticket" => {
            linker.resource(name, ResourceType::host::<Ticket>(), |_, _| Ok(()))
        }
        ComponentItem::Resource(_) => linker.resource(name, ResourceType::host::<Token>(), |mut store, rep| {
            store.data_mut().push(Event::Dropped(rep));
            Ok(())
        }),
        ComponentItem::ComponentFunc(_) if name == "[constructor]ticket" => {
            linker.func_new(name, |store, _, _, results| {
                let ticket = ResourceAny::try_from_resource(Resource::<Ticket>::new_own(0), store)?;
                results[0] = Val::Resource(ticket);
                Ok(())
            })
        }
        ComponentItem::ComponentFunc(_) => {
            let called = name.to_owned();
            linker.func_new(name, move |mut store, ty, params, results| {
                let params: Vec<Val> = params.iter().map(|val| without_handles(&mut store, val)).collect();
                let event = event(&called, &params);
                store.data_mut().push(event);
                if let [result] = results {
                    *result = with_handles(&mut store, &answer(&ty, params), &result_type(&ty));
                }
                Ok(())
            })
        }
        _ => Ok(()),
    };
    done.unwrap_or_else(|error| panic!("{VALUES}, `{name}`: {error}"));
}

fn event(function: &str, params: &[Val]) -> Event {
    match (function, params) {
        ("[constructor]token", [Val::U32(number)]) => Event::Made(*number),
        ("[method]token.number", [Val::U32(number)]) => Event::Asked(*number),
        _ => Event::Echo(function.to_owned(), params.to_vec()),
    }
}

fn result_type(ty: &ComponentFunc) -> Type {
    ty.results().next().expect("asked only of functions with a result")
}

/// What an import returns: its parameter, or all of them as a tuple.
fn answer(ty: &ComponentFunc, mut params: Vec<Val>) -> Val {
    match (result_type(ty), params.len()) {
        (Type::Tuple(_), 2..) => Val::Tuple(params),
        _ => params.pop().expect("an import has a parameter"),
    }
}

/// `val` with numbers in place of tokens.
fn without_handles(store: &mut impl AsContextMut, val: &Val) -> Val {
    match val {
        Val::Resource(resource) => {
            let token: Resource<Token> = resource.try_into_resource(&mut *store).expect("the guest holds the token");
            Val::U32(token.rep())
        }
        Val::List(items) => Val::List(items.iter().map(|item| without_handles(store, item)).collect()),
        other => other.clone(),
    }
}

/// `val` with tokens in place of numbers, where `ty` has handles.
fn with_handles(store: &mut impl AsContextMut, val: &Val, ty: &Type) -> Val {
    match (val, ty) {
        (Val::U32(number), Type::Own(_) | Type::Borrow(_)) => {
            let token = Resource::<Token>::new_own(*number);
            Val::Resource(ResourceAny::try_from_resource(token, store).expect("the token is new"))
        }
        (Val::List(items), Type::List(list)) => {
            Val::List(items.iter().map(|item| with_handles(store, item, &list.ty())).collect())
        }
        (other, _) => other.clone(),
    }
}
