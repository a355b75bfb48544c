using System.Globalization;

namespace Isthmus.Fhir.Paths;

/// <summary>Math (FHIRPath 2.0.0 section 5.7). Results that cannot be represented are empty.</summary>
internal static class MathFunctions
{
    public static void Abs(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        var value = PathSystem.Of(input);
        switch (value.Kind)
        {
            case PathKind.Quantity:
                run.Push(new FhirPathValue(Math.Abs(value.Number), (PathUnit)value.Reference!));
                break;
            case PathKind.Integer:
                PathArithmetic.PushInteger(run, Math.Abs(value.Whole));
                break;
            default:
                if (Number(run, value, position, out var number))
                {
                    run.Push(new FhirPathValue(Math.Abs(number)));
                }

                break;
        }
    }

    public static void Ceiling(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Number(run, input, position, out var number))
        {
            PathArithmetic.PushInteger(run, Math.Ceiling(number));
        }
    }

    public static void Floor(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Number(run, input, position, out var number))
        {
            PathArithmetic.PushInteger(run, Math.Floor(number));
        }
    }

    public static void Truncate(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Number(run, input, position, out var number))
        {
            PathArithmetic.PushInteger(run, Math.Truncate(number));
        }
    }

    public static void Round(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        var digits = 0L;
        if (!Number(run, input, position, out var number) || (arguments.Length > 0 && !StringFunctions.Whole(run, arguments[0], position, out digits)))
        {
            return;
        }

        if (digits is < 0 or > 28)
        {
            run.Fail(PathRules.Argument, position);
        }
        else
        {
            run.Push(new FhirPathValue(Math.Round(number, (int)digits, MidpointRounding.AwayFromZero)));
        }
    }

    public static void Exp(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) => Real(run, input, Math.Exp, position);

    public static void Ln(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) => Real(run, input, Math.Log, position);

    public static void Sqrt(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) => Real(run, input, Math.Sqrt, position);

    public static void Log(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (Number(run, arguments[0], position, out var radix))
        {
            Real(run, input, number => Math.Log(number) / Math.Log((double)radix), position);
        }
    }

    /// <summary>Whole powers of integers are exact and integers; others are decimals.</summary>
    public static void Power(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Number(run, input, position, out _) || !Number(run, arguments[0], position, out var exponent))
        {
            return;
        }

        var value = PathSystem.Of(input);
        if (value.Kind == PathKind.Integer && PathSystem.Of(arguments[0]).Kind == PathKind.Integer && exponent >= 0)
        {
            var power = Math.Pow(value.Whole, (double)exponent);
            if (Math.Abs(power) <= int.MaxValue)
            {
                run.Push(new FhirPathValue((long)power));
            }

            return;
        }

        Real(run, input, number => Math.Pow(number, (double)exponent), position);
    }

    private static void Real(PathRun run, in FhirPathValue input, Func<double, double> function, int position)
    {
        if (Number(run, input, position, out var number) && function((double)number) is var result && double.IsFinite(result)
            && decimal.TryParse(result.ToString("G15", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
        {
            run.Push(new FhirPathValue(exact));
        }
    }

    private static bool Number(PathRun run, in FhirPathValue input, int position, out decimal number)
    {
        var value = PathSystem.Of(input);
        number = value.Kind is PathKind.Integer or PathKind.Decimal ? value.AsDecimal()!.Value : 0;
        if (value.Kind is not (PathKind.Integer or PathKind.Decimal or PathKind.ElementWithoutValue))
        {
            run.Fail(PathRules.Operand, position);
        }

        return value.Kind is PathKind.Integer or PathKind.Decimal;
    }
}
