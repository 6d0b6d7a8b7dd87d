//! The guest as a core module, with `locket_abi` between it and the host. Wasmtime only executes the code.

use locket_abi::{
    Borrow, Dropped, Exports, Flat, FlatMut, Guest as AbiGuest, HandleTable, Lends, Lift, Lifting, Lower, Lowering,
    Memory, MemoryMut, Own, Resource, Trap,
};
use locket_kernel::Rep;
use wasmtime::component::Val;
use wasmtime::{
    AsContextMut, Engine, FuncType, Instance, Linker, Module, Store, StoreContextMut, TypedFunc, Val as CoreVal,
};

use crate::event::Event;
use crate::probe::{ECHO, FUNCTIONS, Import, VALUES, values};
use crate::value::{Value, number, token};

type Table = HandleTable<Rep, 32>;

/// What belongs to one instance.
struct State {
    handles: Table,
    events: Vec<Event>,
    /// Cleared while `cabi_realloc` or post-return runs: imports trap then.
    may_leave: bool,
    /// What the guest did wrong, in an import.
    trap: Option<Trap>,
    /// Known once the module is instantiated.
    exports: Option<CoreExports>,
}

#[derive(Clone, Copy)]
struct CoreExports {
    instance: Instance,
    memory: wasmtime::Memory,
}

/// The running module.
pub struct Guest {
    store: Store<State>,
}

impl Guest {
    pub fn new(module: &[u8]) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, module).expect("the guest is a valid module");
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            link(&mut linker, import.module(), import.name(), import.ty().unwrap_func().clone());
        }
        let state = State { handles: Table::new(), events: Vec::new(), may_leave: true, trap: None, exports: None };
        let mut store = Store::new(&engine, state);
        let instance = linker.instantiate(&mut store, &module).expect("the module can be instantiated");
        let memory = instance.get_memory(&mut store, "memory").expect("the guest exports its memory");
        store.data_mut().exports = Some(CoreExports { instance, memory });
        Self { store }
    }

    /// Runs `f` on the guest between calls.
    pub fn run<T>(&mut self, f: impl FnOnce(&mut Running<'_>) -> T) -> T {
        f(&mut Running(self.store.as_context_mut()))
    }

    /// What the host saw since it was last asked.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.store.data_mut().events)
    }
}

/// The module while the host is at work: between calls, or inside an import.
pub struct Running<'s>(StoreContextMut<'s, State>);

impl Running<'_> {
    /// A copy of the guest's memory, so that an import can hold on to what it lifted while it lowers the same again.
    pub fn snapshot(&self) -> Vec<u8> {
        self.exports().memory.data(&self.0).to_vec()
    }

    /// An import: lifts its parameters, a tuple, out of `memory`, notes them down, and returns `answer`.
    pub fn echo<'m, P, R>(
        &mut self,
        name: &str,
        memory: &'m [u8],
        slots: &mut [u64],
        answer: impl FnOnce(P) -> R,
    ) -> Result<(), Trap>
    where
        P: Lift<'m, Table> + Value<'m>,
        R: Lower<Table>,
    {
        let state = self.0.data_mut();
        let mut lends = Lends::new();
        let mut cx = Lifting::new(Memory::new(memory), &mut state.handles, &mut lends);
        let mut flat = Flat::new(slots);
        let params: P = cx.params(&mut flat)?;
        let area = if R::FLAT > 1 { flat.next_u32()? } else { 0 };
        lends.end(&mut state.handles);
        let Val::Tuple(values) = params.to_val() else { unreachable!("parameters are a tuple") };
        state.events.push(Event::Echo(name.to_owned(), values));
        let result = answer(params);
        self.with_handles(|guest, handles| {
            let mut cx = Lowering::new(guest, handles);
            if R::FLAT > 1 { cx.store_result(&result, area) } else { result.lower(&mut cx, &mut FlatMut::new(slots)) }
        })
    }

    fn exports(&self) -> CoreExports {
        self.0.data().exports.expect("no guest code has run before")
    }

    /// Runs guest code that may import nothing.
    fn without_leaving<T>(
        &mut self,
        run: impl FnOnce(&mut StoreContextMut<'_, State>) -> wasmtime::Result<T>,
    ) -> Result<T, Trap> {
        self.0.data_mut().may_leave = false;
        let result = run(&mut self.0.as_context_mut());
        self.0.data_mut().may_leave = true;
        result.map_err(|_| self.why())
    }

    /// Why the guest has stopped.
    fn why(&mut self) -> Trap {
        self.0.data_mut().trap.take().unwrap_or(Trap::Guest)
    }
}

impl AbiGuest for Running<'_> {
    fn memory(&self) -> Memory<'_> {
        Memory::new(self.exports().memory.data(&self.0))
    }

    fn memory_mut(&mut self) -> MemoryMut<'_> {
        MemoryMut::new(self.exports().memory.data_mut(&mut self.0))
    }

    fn realloc(&mut self, old_ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32, Trap> {
        let instance = self.exports().instance;
        self.without_leaving(|cx| {
            let realloc: TypedFunc<(u32, u32, u32, u32), u32> = instance.get_typed_func(&mut *cx, "cabi_realloc")?;
            realloc.call(cx, (old_ptr, old_size, align, new_size))
        })
    }
}

impl Exports for Running<'_> {
    type Handles = Table;

    fn call(&mut self, export: &str, args: &[u64], result: &mut [u64]) -> Result<(), Trap> {
        let function = self.exports().instance.get_func(&mut self.0, export).expect("the guest exports it");
        let ty = function.ty(&self.0);
        let args: Vec<CoreVal> = args.iter().zip(ty.params()).map(|(slot, ty)| from_slot(*slot, &ty)).collect();
        let mut results = vec![CoreVal::I32(0); ty.results().len()];
        function.call(&mut self.0, &args, &mut results).map_err(|_| self.why())?;
        assert_eq!(result.len(), results.len(), "the number of core results");
        result.iter_mut().zip(&results).for_each(|(slot, val)| *slot = to_slot(val));
        Ok(())
    }

    fn post_return(&mut self, export: &str, result: &[u64]) -> Result<(), Trap> {
        let name = format!("cabi_post_{export}");
        let Some(function) = self.exports().instance.get_func(&mut self.0, &name) else { return Ok(()) };
        let ty = function.ty(&self.0);
        let args: Vec<CoreVal> = result.iter().zip(ty.params()).map(|(slot, ty)| from_slot(*slot, &ty)).collect();
        self.without_leaving(|cx| function.call(cx, &args, &mut []))
    }

    fn with_handles<T>(&mut self, f: impl FnOnce(&mut dyn AbiGuest, &mut Table) -> T) -> T {
        // Guest code that runs meanwhile is refused every import before it could look at the table.
        let mut handles = std::mem::take(&mut self.0.data_mut().handles);
        let result = f(self, &mut handles);
        self.0.data_mut().handles = handles;
        result
    }
}

fn link(linker: &mut Linker<State>, module: &str, field: &str, ty: FuncType) {
    let run: Import = match (module, field) {
        (VALUES, "[constructor]token") => |guest, slots| {
            let number = Flat::new(slots).next_u32()?;
            let state = guest.0.data_mut();
            state.events.push(Event::Made(number));
            guest.with_handles(|guest, handles| {
                let made = Own::<values::Token, Rep>::new(token(number));
                made.lower(&mut Lowering::new(guest, handles), &mut FlatMut::new(slots))
            })
        },
        (VALUES, "[method]token.number") => |guest, slots| {
            let state = guest.0.data_mut();
            let mut lends = Lends::new();
            let mut cx = Lifting::new(Memory::EMPTY, &mut state.handles, &mut lends);
            let token = <Borrow<values::Token, Rep>>::lift(&mut cx, &mut Flat::new(slots))?;
            lends.end(&mut state.handles);
            state.events.push(Event::Asked(number(token.rep)));
            FlatMut::new(slots).push(number(token.rep).into())
        },
        (VALUES, "[resource-drop]token") => |guest, slots| {
            let state = guest.0.data_mut();
            let index = Flat::new(slots).next_u32()?;
            if let Dropped::Own(rep) = state.handles.drop_handle(index, values::Token::ID)? {
                state.events.push(Event::Dropped(number(rep)));
            }
            Ok(())
        },
        (VALUES, "[constructor]ticket") => |guest, slots| {
            guest.with_handles(|guest, handles| {
                let made = Own::<values::Ticket, Rep>::new(token(0));
                made.lower(&mut Lowering::new(guest, handles), &mut FlatMut::new(slots))
            })
        },
        (VALUES, "[resource-drop]ticket") => |guest, slots| {
            let index = Flat::new(slots).next_u32()?;
            let _ = guest.0.data_mut().handles.drop_handle(index, values::Ticket::ID)?;
            Ok(())
        },
        (ECHO, name) => {
            let mut imports = FUNCTIONS.iter().filter_map(|function| function.import);
            imports.find(|(import, _)| *import == name).expect("the import is in the table").1
        }
        _ => panic!("the guest imports `{module}`, `{field}`"),
    };
    let results = ty.clone();
    let defined = linker.func_new(module, field, ty, move |mut caller, args, vals| {
        // The result takes the place of the first argument.
        let mut slots: Vec<u64> = args.iter().map(to_slot).collect();
        slots.resize(slots.len().max(1), 0);
        let may_leave = caller.data().may_leave;
        let done =
            if may_leave { run(&mut Running(caller.as_context_mut()), &mut slots) } else { Err(Trap::MayNotLeave) };
        done.map_err(|trap| {
            caller.data_mut().trap.get_or_insert(trap);
            wasmtime::Error::new(trap)
        })?;
        vals.iter_mut().zip(results.results()).for_each(|(val, ty)| *val = from_slot(slots[0], &ty));
        Ok(())
    });
    defined.expect("imports have different names");
}

fn to_slot(val: &CoreVal) -> u64 {
    match val {
        CoreVal::I32(value) => u64::from(value.cast_unsigned()),
        CoreVal::I64(value) => value.cast_unsigned(),
        CoreVal::F32(bits) => u64::from(*bits),
        CoreVal::F64(bits) => *bits,
        other => panic!("{other:?} is no parameter of a component's function"),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the upper half of a 32-bit value's slot has no meaning")]
fn from_slot(slot: u64, ty: &wasmtime::ValType) -> CoreVal {
    match ty {
        wasmtime::ValType::I32 => CoreVal::I32((slot as u32).cast_signed()),
        wasmtime::ValType::I64 => CoreVal::I64(slot.cast_signed()),
        wasmtime::ValType::F32 => CoreVal::F32(slot as u32),
        wasmtime::ValType::F64 => CoreVal::F64(slot),
        other => panic!("{other:?} is no parameter of a component's function"),
    }
}
