//! What the operators between two values compute.

use std::cmp::Ordering;

use super::{BinaryOp, Value};

/// Applies an operator, or says why it can't be.
pub(super) fn apply(op: BinaryOp, left: Value, right: Value) -> Result<Value, String> {
    match op {
        BinaryOp::Equal => Ok(Value::Bool(left == right)),
        BinaryOp::NotEqual => Ok(Value::Bool(left != right)),
        BinaryOp::Less => order(op, &left, &right, |order| order == Ordering::Less),
        BinaryOp::LessOrEqual => order(op, &left, &right, |order| order != Ordering::Greater),
        BinaryOp::Greater => order(op, &left, &right, |order| order == Ordering::Greater),
        BinaryOp::GreaterOrEqual => order(op, &left, &right, |order| order != Ordering::Less),
        BinaryOp::In => match &right {
            Value::List(elements) => Ok(Value::Bool(elements.contains(&left))),
            Value::Map(entries) => {
                Ok(Value::Bool(left.to_key().is_some_and(|key| entries.contains_key(&key))))
            }
            _ => Err(mismatch(op, &left, &right)),
        },
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => {
            arithmetic(op, left, right)
        }
    }
}

fn order(op: BinaryOp, left: &Value, right: &Value, holds: fn(Ordering) -> bool) -> Result<Value, String> {
    match left.compare(right) {
        Some(order) => Ok(Value::Bool(holds(order))),
        None if matches!(left, Value::Double(_)) || matches!(right, Value::Double(_)) => {
            let numbers = |value: &Value| matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_));
            // Not-a-number is neither more nor less than any number.
            if numbers(left) && numbers(right) {
                Ok(Value::Bool(false))
            } else {
                Err(mismatch(op, left, right))
            }
        }
        None => Err(mismatch(op, left, right)),
    }
}

fn arithmetic(op: BinaryOp, left: Value, right: Value) -> Result<Value, String> {
    let result = match (left, right) {
        (Value::Int(a), Value::Int(b)) => whole(
            op,
            b == 0,
            [a.checked_add(b), a.checked_sub(b), a.checked_mul(b), a.checked_div(b), a.checked_rem(b)],
        )?
        .map(Value::Int),
        (Value::Uint(a), Value::Uint(b)) => whole(
            op,
            b == 0,
            [a.checked_add(b), a.checked_sub(b), a.checked_mul(b), a.checked_div(b), a.checked_rem(b)],
        )?
        .map(Value::Uint),
        (Value::Double(a), Value::Double(b)) => Some(Value::Double(match op {
            BinaryOp::Add => a + b,
            BinaryOp::Subtract => a - b,
            BinaryOp::Multiply => a * b,
            BinaryOp::Divide => a / b,
            _ => return Err(mismatch(op, &Value::Double(a), &Value::Double(b))),
        })),
        (Value::Duration(a), Value::Duration(b)) if op == BinaryOp::Add => {
            a.checked_add(b).map(Value::Duration)
        }
        (Value::Duration(a), Value::Duration(b)) if op == BinaryOp::Subtract => {
            a.checked_sub(b).map(Value::Duration)
        }
        (Value::String(a), Value::String(b)) if op == BinaryOp::Add => Some(Value::String(a + &b)),
        (Value::List(mut a), Value::List(b)) if op == BinaryOp::Add => {
            a.extend(b);
            Some(Value::List(a))
        }
        (a, b) => return Err(mismatch(op, &a, &b)),
    };
    result.ok_or_else(|| format!("the result of `{}` is out of range", op.symbol()))
}

/// Picks the result of an operator from those of all five, in the order of [`BinaryOp`].
fn whole<T: Copy>(op: BinaryOp, by_zero: bool, results: [Option<T>; 5]) -> Result<Option<T>, String> {
    let [sum, difference, product, quotient, remainder] = results;
    Ok(match op {
        BinaryOp::Add => sum,
        BinaryOp::Subtract => difference,
        BinaryOp::Multiply => product,
        _ if by_zero => return Err("division by zero".to_owned()),
        BinaryOp::Divide => quotient,
        _ => remainder,
    })
}

fn mismatch(op: BinaryOp, left: &Value, right: &Value) -> String {
    format!("`{}` does not apply to {} and {}", op.symbol(), left.type_name(), right.type_name())
}
