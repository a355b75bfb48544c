using System.Globalization;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// What has neither a row in the guide nor a place in FHIR, the other direction keeps in extensions that bear the field's name
/// (<c>urn:isthmus:hl7v2:PD1-11</c>, docs/adr/0026). Every map to that segment or datatype returns them to their field by itself.
/// </summary>
internal sealed class KeptFields(ReverseCompiler maps)
{
    private static readonly FhirPathExpression Value = FhirPath.Compile("value").Expression!;
    private static readonly FhirPathExpression Referred = FhirPath.Compile("value.resolve()").Expression!;
    private static readonly ReverseRule Text = new() { From = [], Each = false, When = null, Implies = null, To = [default], TakesAll = false, Apply = ReverseFunctions.Text };

    private static ReadOnlySpan<byte> Prefix => "urn:isthmus:hl7v2:"u8;

    public void Return(ReverseRun run, ReverseMap map, in Focus focus, in Place at)
    {
        foreach (var extension in focus.Element["extension"u8])
        {
            var url = extension["url"u8].Text;
            if (!url.StartsWith(Prefix) || NumberIn(url[Prefix.Length..], map) is not (> 0 and var number))
            {
                continue;
            }

            var place = map.IsSegment ? new Place(number, run.Sheet.NextRepetition(number), 0, 0) : new Target(0, number, 0).Within(at);
            if (place is { Repetition: > SegmentSheet.MostRepetitions })
            {
                run.Leave(extension);
            }
            else if (place is { } free && (map.IsSegment || !run.Sheet.Has(free)))
            {
                Write(run, extension, map, number, free);
                if (free.Repetition > 1 && map.IsSegment && IsSingle(map, number) && run.Sheet.Has(free))
                {
                    run.Find(ReverseRules.ValuesMerged, extension);
                }
            }
        }
    }

    /// <summary>Whether the field repeats in no version of the standard: several values were of several segments.</summary>
    private static bool IsSingle(ReverseMap map, int number) =>
        Hl7Definitions.Segment(map.Target)?.Field(number) is { } field && field.MaxRepetitions.Values.All(static most => most == 1);

    /// <summary>The number behind the name of the map's segment (<c>PD1-11</c>) or datatype (<c>XAD.10</c>); 0 for any other.</summary>
    private static int NumberIn(ReadOnlySpan<byte> name, ReverseMap map)
    {
        Span<byte> target = stackalloc byte[map.Target.Length + 1];
        System.Text.Encoding.ASCII.GetBytes(map.Target, target);
        target[^1] = (byte)(map.IsSegment ? '-' : '.');
        return name.StartsWith(target) && int.TryParse(name[target.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private void Write(ReverseRun run, FhirElement extension, ReverseMap map, int number, in Place at)
    {
        var focus = new Focus(extension, "Extension", extension);
        var value = run.First(Value, focus);
        if (value.TypeName == "Reference")
        {
            Refer(run, focus, map, number, at);
        }
        else if (value.IsElement)
        {
            Write(run, focus, value, map, number, at);
        }
    }

    /// <summary>A kept reference is written as what it leads to.</summary>
    private void Refer(ReverseRun run, in Focus focus, ReverseMap map, int number, in Place at)
    {
        var found = run.Follow(Referred, focus, out var trail);
        if (found.Count > 0)
        {
            Write(run, focus, found[0], map, number, at);
            run.ReadWay(trail, found[0]);
        }

        run.Forget(trail);
    }

    private void Write(ReverseRun run, in Focus focus, in FhirPathValue value, ReverseMap map, int number, in Place at)
    {
        if (value.TypeName == "Money")
        {
            run.Write(at with { Component = 1, Subcomponent = 1 }, value.Element["value"u8].Text, value.Element["value"u8]);
            run.Write(at with { Component = 1, Subcomponent = 2 }, value.Element["currency"u8].Text, value.Element["currency"u8]);
        }
        else if (MapTo(value.TypeName, map, number) is { } datatype)
        {
            run.Fill(datatype, ReverseRun.FocusOf(value), at, null);
        }
        else if (!value.Element.FirstChild.Exists)
        {
            ReverseFunctions.Text(run, new Given { Rule = Text, Focus = focus, Items = [value], At = 0, Place = at, Repetition = 1, Vocabulary = null });
        }
    }

    /// <summary>The map from a FHIR type to the datatype that the standard gives the field.</summary>
    private ReverseMap? MapTo(string type, ReverseMap map, int number)
    {
        var datatypes = map.IsSegment
            ? Hl7Definitions.Segment(map.Target)?.Field(number)?.DataType.Values
            : Hl7Definitions.DataType(map.Target)?.Component(number)?.DataType.Values;
        return (datatypes ?? []).Select(datatype => maps.Find($"{type}-{datatype}")).FirstOrDefault(found => found is not null)
            ?? (type is "CodeableConcept" ? maps.Find("CodeableConcept-CWE") : null);
    }
}
