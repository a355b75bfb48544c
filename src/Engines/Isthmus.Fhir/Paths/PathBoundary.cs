using System.Globalization;

namespace Isthmus.Fhir.Paths;

/// <summary><c>lowBoundary</c>, <c>highBoundary</c>, <c>precision</c>: the range a value of limited precision stands for (FHIRPath 2.1, for trial use).</summary>
internal static class PathBoundary
{
    private const int DecimalDigits = 8;

    /// <summary>A time of day counts its digits from the hour.</summary>
    private const int ClockDigits = 8;

    public static void Low(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) => Push(run, input, arguments, high: false, position);

    public static void High(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) => Push(run, input, arguments, high: true, position);

    public static void Precision(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        var value = PathSystem.Of(input);
        switch (value.Kind)
        {
            case PathKind.Integer:
                run.Push(new FhirPathValue(0L));
                break;
            case PathKind.Decimal or PathKind.Quantity:
                run.Push(new FhirPathValue((long)value.Number.Scale));
                break;
            case PathKind.Date or PathKind.DateTime:
                run.Push(new FhirPathValue((long)value.Time.Precision));
                break;
            case PathKind.Time:
                run.Push(new FhirPathValue((long)value.Time.Precision - ClockDigits));
                break;
            case PathKind.ElementWithoutValue:
                break;
            default:
                run.Fail(PathRules.Operand, position);
                break;
        }
    }

    /// <summary>A value with what lies beyond a precision taken off.</summary>
    public static PathTime Cut(PathTime time, byte precision)
    {
        if (time.Precision <= precision)
        {
            return time;
        }

        var value = new DateTime(time.Ticks);
        return precision switch
        {
            PathTime.Year => new PathTime(new DateTime(value.Year, 1, 1).Ticks, precision),
            PathTime.Month => new PathTime(new DateTime(value.Year, value.Month, 1).Ticks, precision),
            PathTime.Day => new PathTime(value.Date.Ticks, precision),
            PathTime.Hour => new PathTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerHour), precision, time.Offset),
            PathTime.Minute => new PathTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), precision, time.Offset),
            PathTime.Second => new PathTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), precision, time.Offset),
            _ => time,
        };
    }

    private static void Push(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, bool high, int position)
    {
        var value = PathSystem.Of(input);
        long? wanted = null;
        if (arguments.Length > 0)
        {
            if (!StringFunctions.Whole(run, arguments[0], position, out var digits))
            {
                return;
            }

            wanted = digits;
        }

        switch (value.Kind)
        {
            case PathKind.Integer:
                PushDecimal(run, value.Whole, null, wanted, high);
                break;
            case PathKind.Decimal:
                PushDecimal(run, value.Number, null, wanted, high);
                break;
            case PathKind.Quantity:
                PushDecimal(run, value.Number, (PathUnit)value.Reference!, wanted, high);
                break;
            case PathKind.Date or PathKind.DateTime or PathKind.Time:
                PushTime(run, value, wanted, high);
                break;
            case PathKind.ElementWithoutValue:
                break;
            default:
                run.Fail(PathRules.Operand, position);
                break;
        }
    }

    /// <summary>
    /// Half a unit of the last digit below or above. Fewer digits than that needs are cut off at the low end of a positive number
    /// and rounded at its high end; a negative number is its mirror.
    /// </summary>
    private static void PushDecimal(PathRun run, decimal value, PathUnit? unit, long? wanted, bool high)
    {
        var digits = wanted ?? DecimalDigits;
        if (digits is < 0 or > 28)
        {
            return;
        }

        var negative = value < 0;
        try
        {
            var half = new decimal(5, 0, 0, false, (byte)(value.Scale + 1));
            var magnitude = Math.Abs(value);
            var outward = high != negative;
            var bound = outward ? magnitude + half : magnitude - half;
            bound = Math.Round(bound, (int)digits, outward ? MidpointRounding.AwayFromZero : MidpointRounding.ToZero);
            var shown = decimal.Parse((negative ? -bound : bound).ToString($"F{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            run.Push(unit is null ? new FhirPathValue(shown) : new FhirPathValue(shown, unit));
        }
        catch (OverflowException)
        {
            // More digits than can be held: empty.
        }
        catch (ArgumentOutOfRangeException)
        {
            // The value has as many digits as can be held; half of the last one has no room.
        }
    }

    private static void PushTime(PathRun run, in FhirPathValue value, long? wanted, bool high)
    {
        var most = value.Kind switch { PathKind.Date => PathTime.Day, _ => PathTime.Millisecond };
        var precision = wanted is null ? most : value.Kind == PathKind.Time ? wanted + ClockDigits : wanted;
        if (precision > most || precision is not (PathTime.Year or PathTime.Month or PathTime.Day or PathTime.Hour or PathTime.Minute or PathTime.Second or PathTime.Millisecond)
            || (value.Kind == PathKind.Time && precision < PathTime.Hour))
        {
            return;
        }

        var filled = Fill(value.Time, (byte)precision, high);
        var offset = filled.HasOffset || precision <= PathTime.Day || value.Kind != PathKind.DateTime ? filled.Offset
            : (short)(high ? PathTime.LatestOffset : PathTime.EarliestOffset);
        run.Push(new FhirPathValue(
            new PathTime(filled.Ticks, (byte)precision, precision > PathTime.Day ? offset : PathTime.NoOffset, precision == PathTime.Millisecond ? (byte)3 : (byte)0),
            value.Kind));
    }

    /// <summary>Brings a value to a precision: what is known beyond is cut off, what is not known becomes its least or greatest.</summary>
    private static PathTime Fill(PathTime time, byte precision, bool high)
    {
        if (time.Precision >= precision)
        {
            return Cut(time, precision);
        }

        if (!high)
        {
            return new PathTime(time.Ticks, precision, time.Offset);
        }

        var start = new DateTime(time.Ticks);
        var next = time.Precision switch
        {
            PathTime.Year => new DateTime(start.Year, 12, 31).Ticks + TimeSpan.TicksPerDay,
            PathTime.Month => new DateTime(start.Year, start.Month, DateTime.DaysInMonth(start.Year, start.Month)).Ticks + TimeSpan.TicksPerDay,
            PathTime.Day => time.Ticks + TimeSpan.TicksPerDay,
            PathTime.Hour => time.Ticks + TimeSpan.TicksPerHour,
            PathTime.Minute => time.Ticks + TimeSpan.TicksPerMinute,
            _ => time.Ticks + TimeSpan.TicksPerSecond,
        };
        return Cut(new PathTime(next - TimeSpan.TicksPerMillisecond, PathTime.Millisecond, time.Offset, 3), precision);
    }
}
