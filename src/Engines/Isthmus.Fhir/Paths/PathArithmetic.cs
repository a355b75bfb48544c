namespace Isthmus.Fhir.Paths;

/// <summary>Arithmetic (FHIRPath 2.0.0 section 6.6). What cannot be represented, and division by zero, gives nothing.</summary>
internal static class PathArithmetic
{
    public delegate void Operation(PathRun run, in FhirPathValue left, in FhirPathValue right, int position);

    public static Operation Of(string symbol) => symbol switch
    {
        "+" => Add,
        "-" => Subtract,
        "*" => Multiply,
        "/" => Divide,
        "div" => DivideWhole,
        "mod" => Modulo,
        _ => Join,
    };

    public static void Join(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (!run.Text(left, second: false, out var one) || !run.Text(right, second: true, out var two))
        {
            run.Fail(PathRules.Operand, position);
        }
        else if (one.Length + two.Length > run.Context.Limits.MaxText)
        {
            run.Fail(PathRules.TextLength, position);
        }
        else
        {
            run.Spend((one.Length + two.Length) / 64, position);
            run.Push(string.Concat(one, two));
        }
    }

    private static void Add(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        switch (left.Kind, right.Kind)
        {
            case (PathKind.String, PathKind.String):
                Join(run, left, right, position);
                break;
            case (PathKind.Date or PathKind.DateTime or PathKind.Time, PathKind.Quantity):
                PathTimeArithmetic.Add(run, left, right, 1, position);
                break;
            case (PathKind.Quantity, PathKind.Quantity) when run.SpendAsking(position):
                Combine(run, left, right, static (one, two) => one + two, position);
                break;
            default:
                Numbers(run, left, right, static (one, two) => one + two, position);
                break;
        }
    }

    private static void Subtract(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        switch (left.Kind, right.Kind)
        {
            case (PathKind.Date or PathKind.DateTime or PathKind.Time, PathKind.Quantity):
                PathTimeArithmetic.Add(run, left, right, -1, position);
                break;
            case (PathKind.Quantity, PathKind.Quantity) when run.SpendAsking(position):
                Combine(run, left, right, static (one, two) => one - two, position);
                break;
            default:
                Numbers(run, left, right, static (one, two) => one - two, position);
                break;
        }
    }

    private static void Multiply(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (left.Kind == PathKind.Quantity || right.Kind == PathKind.Quantity)
        {
            run.SpendAsking(position);
            Scale(run, left, right, divide: false, position);
        }
        else
        {
            Numbers(run, left, right, static (one, two) => one * two, position);
        }
    }

    private static void Divide(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (left.Kind == PathKind.Quantity)
        {
            Scale(run, left, right, divide: true, position);
        }
        else if (IsNumber(left) && IsNumber(right))
        {
            if (right.AsDecimal() is { } divisor && divisor != 0)
            {
                PushSafely(run, left.AsDecimal()!.Value, divisor, static (one, two) => one / two);
            }
        }
        else
        {
            run.Fail(PathRules.Operand, position);
        }
    }

    private static void DivideWhole(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (!IsNumber(left) || !IsNumber(right))
        {
            run.Fail(PathRules.Operand, position);
        }
        else if (right.AsDecimal() is { } divisor && divisor != 0)
        {
            PushInteger(run, decimal.Truncate(Quotient(left.AsDecimal()!.Value, divisor)));
        }
    }

    private static void Modulo(PathRun run, in FhirPathValue left, in FhirPathValue right, int position)
    {
        if (!IsNumber(left) || !IsNumber(right))
        {
            run.Fail(PathRules.Operand, position);
        }
        else if (right.AsDecimal() is { } divisor && divisor != 0)
        {
            Numbers(run, left, right, static (one, two) => one % two, position);
        }
    }

    /// <summary>Pushes an integer if it is within FHIRPath's range of 32 bits.</summary>
    public static void PushInteger(PathRun run, decimal value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            run.Push(new FhirPathValue((long)value));
        }
    }

    private static decimal Quotient(decimal one, decimal two)
    {
        try
        {
            return one / two;
        }
        catch (OverflowException)
        {
            return decimal.MaxValue;
        }
    }

    private static bool IsNumber(in FhirPathValue value) => value.Kind is PathKind.Integer or PathKind.Decimal;

    private static void Numbers(PathRun run, in FhirPathValue left, in FhirPathValue right, Func<decimal, decimal, decimal> operation, int position)
    {
        if (!IsNumber(left) || !IsNumber(right))
        {
            run.Fail(PathRules.Operand, position);
        }
        else if (left.Kind == PathKind.Integer && right.Kind == PathKind.Integer)
        {
            PushInteger(run, operation(left.Whole, right.Whole));
        }
        else
        {
            PushSafely(run, left.AsDecimal()!.Value, right.AsDecimal()!.Value, operation);
        }
    }

    private static void PushSafely(PathRun run, decimal one, decimal two, Func<decimal, decimal, decimal> operation)
    {
        try
        {
            run.Push(new FhirPathValue(operation(one, two)));
        }
        catch (OverflowException)
        {
            // A result that cannot be represented is empty (section 6.6).
        }
    }

    private static void Combine(PathRun run, in FhirPathValue left, in FhirPathValue right, Func<decimal, decimal, decimal> operation, int position)
    {
        if (PathQuantity.InUnitOf(right, left) is not { } converted)
        {
            return;
        }

        try
        {
            run.Push(new FhirPathValue(operation(left.Number, converted), (PathUnit)left.Reference!));
        }
        catch (OverflowException)
        {
            run.Spend(1, position);
        }
    }

    private static void Scale(PathRun run, in FhirPathValue left, in FhirPathValue right, bool divide, int position)
    {
        if (!(IsNumber(left) || left.Kind == PathKind.Quantity) || !(IsNumber(right) || right.Kind == PathKind.Quantity))
        {
            run.Fail(PathRules.Operand, position);
            return;
        }

        var (one, two) = (left.AsDecimal()!.Value, right.AsDecimal()!.Value);
        if (divide && two == 0)
        {
            return;
        }

        var (unitOne, unitTwo) = (left.Reference as PathUnit ?? PathUnit.One, right.Reference as PathUnit ?? PathUnit.One);
        try
        {
            if (PathUnits.Combine(divide ? one / two : one * two, unitOne, unitTwo, divide) is { } result)
            {
                run.Push(result);
            }
        }
        catch (OverflowException)
        {
            run.Spend(1, position);
        }
    }
}
