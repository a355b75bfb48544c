using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>FHIR elements as FHIRPath's system values (FHIR R4 fhirpath.html, "Using FHIR types in expressions").</summary>
internal static class PathSystem
{
    private static readonly int ValueName = FhirNames.IdOf("value"u8);
    private static readonly int UnitName = FhirNames.IdOf("unit"u8);
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);

    /// <summary>A primitive's or quantity's value; anything else, and what does not have its type's form, as it is.</summary>
    public static FhirPathValue Of(in FhirPathValue value)
    {
        if (value.Kind != PathKind.Element || value.Type < 0)
        {
            return value;
        }

        var type = FhirTypes.R4[value.Type];
        var tape = (FhirTape)value.Reference!;
        switch (tape.Nodes[value.Node].Kind)
        {
            case FhirKind.True:
                return new FhirPathValue(true);
            case FhirKind.False:
                return new FhirPathValue(false);
            case FhirKind.Number:
                return Number(value, tape.ValueOf(value.Node), type.Form);
            case FhirKind.String:
                return Text(value, type.Form);
            case FhirKind.Object when type.IsQuantity:
                return Quantity(value, tape);
            default:
                return value;
        }
    }

    /// <summary>The form a value has or would have as a system value; None for what is not a primitive.</summary>
    public static FhirForm FormOf(in FhirPathValue value) => value.Kind switch
    {
        PathKind.Element => value.Type < 0 ? FhirForm.None : FhirTypes.R4[value.Type].Form,
        PathKind.Boolean => FhirForm.Boolean,
        PathKind.Integer => FhirForm.Integer,
        PathKind.Decimal => FhirForm.Decimal,
        PathKind.String => FhirForm.String,
        PathKind.Date => FhirForm.Date,
        PathKind.DateTime => FhirForm.DateTime,
        PathKind.Time => FhirForm.Time,
        _ => FhirForm.None,
    };

    private static FhirPathValue Number(in FhirPathValue value, ReadOnlySpan<byte> text, FhirForm form)
    {
        if (form == FhirForm.Integer && Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length)
        {
            return new FhirPathValue(whole);
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? new FhirPathValue(number) : value;
    }

    private static FhirPathValue Text(in FhirPathValue value, FhirForm form)
    {
        if (form is not (FhirForm.Date or FhirForm.DateTime or FhirForm.Time))
        {
            return new FhirPathValue(value.Element.AsString()!);
        }

        Span<char> text = stackalloc char[64];
        var bytes = value.Element.Text;
        if (bytes.Length > text.Length)
        {
            return value;
        }

        var read = text[..Encoding.UTF8.GetChars(bytes, text)];
        PathTime time;
        return form switch
        {
            FhirForm.Date when PathTimeParser.TryDate(read, out time) => new FhirPathValue(time, PathKind.Date),
            FhirForm.DateTime when PathTimeParser.TryDateTime(read, out time) => new FhirPathValue(time, PathKind.DateTime),
            FhirForm.Time when PathTimeParser.TryTime(read, out time) => new FhirPathValue(time, PathKind.Time),
            _ => value,
        };
    }

    /// <summary>A quantity without a comparator: one with it is a range. Codes of other systems than UCUM are units of their own.</summary>
    private static FhirPathValue Quantity(in FhirPathValue value, FhirTape tape)
    {
        var element = value.Element;
        if (element["comparator"u8].Exists || Property(tape, value.Node, ValueName).AsDecimal() is not { } number)
        {
            return value;
        }

        var system = Property(tape, value.Node, SystemName);
        var code = Property(tape, value.Node, CodeName);
        var unit = system.TextEquals("http://unitsofmeasure.org"u8) ? code.AsString()
            : system.Exists ? $"{system.AsString()}|{code.AsString()}"
            : code.AsString() ?? Property(tape, value.Node, UnitName).AsString() ?? "1";
        return unit is null ? value : new FhirPathValue(number, PathUnit.Ucum(unit));
    }

    private static FhirElement Property(FhirTape tape, int node, int name) =>
        tape.Find(node, name, sibling: false) is var found and >= 0 ? new FhirElement(tape, found) : default;
}
