using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Search;

/// <summary>
/// What a value that an expression gave means to a parameter of some kind (FHIR R4 search.html, the tables of each parameter type).
/// A value of a type that the kind has no meaning for gives nothing.
/// </summary>
internal readonly struct SearchConversion(FhirElement resource, TimeSpan offset, List<SearchValue> into)
{
    private static readonly FhirElement True = FhirJsonReader.ReadJson("true"u8.ToArray()).Root;
    private static readonly FhirElement False = FhirJsonReader.ReadJson("false"u8.ToArray()).Root;

    public void Add(SearchParameter parameter, in FhirPathValue value)
    {
        var element = value.Element;
        var type = value.TypeName;
        switch (parameter.Kind)
        {
            case SearchKind.Token: AddToken(parameter, value, element, type); break;
            case SearchKind.String: AddString(parameter, element, type); break;
            case SearchKind.Reference: AddReference(parameter, element, type); break;
            case SearchKind.Date: AddDate(parameter, element, type); break;
            case SearchKind.Number: AddNumber(parameter, element, type); break;
            case SearchKind.Quantity: AddQuantity(parameter, element, type); break;
            case SearchKind.Uri: AddIf(element.Kind == FhirKind.String ? new UriValue(parameter, element) : null); break;
            case SearchKind.Special when type == "Location.position": AddPosition(parameter, element); break;
        }
    }

    private void AddToken(SearchParameter parameter, in FhirPathValue value, FhirElement element, string type)
    {
        switch (type)
        {
            case "CodeableConcept":
                foreach (var coding in element["coding"u8])
                {
                    into.Add(new TokenValue(parameter, coding["system"u8], coding["code"u8], coding["display"u8]));
                }

                AddIf(element["text"u8] is { Exists: true } text ? new TokenValue(parameter, default, default, text) : null);
                break;
            case "Coding":
                into.Add(new TokenValue(parameter, element["system"u8], element["code"u8], element["display"u8]));
                break;
            case "Identifier":
                into.Add(new TokenValue(parameter, element["system"u8], element["value"u8], element["type"u8]["text"u8]));
                break;
            case "ContactPoint":
                into.Add(new TokenValue(parameter, default, element["value"u8], default) { IsPlain = true });
                break;
            case "Boolean":
                into.Add(new TokenValue(parameter, default, value.AsBoolean() == true ? True : False) { IsPlain = true });
                break;
            default:
                AddIf(element.Kind is FhirKind.String or FhirKind.Number or FhirKind.True or FhirKind.False ? new TokenValue(parameter, default, element) { IsPlain = true } : null);
                break;
        }
    }

    private void AddString(SearchParameter parameter, FhirElement element, string type)
    {
        if (type is "HumanName" or "Address")
        {
            // Every part that people write: family, given, prefix, suffix, line, city … and the text of the whole, but not use and period.
            foreach (var part in element)
            {
                if (part.Kind == FhirKind.Array)
                {
                    foreach (var item in part)
                    {
                        AddIf(item.Kind == FhirKind.String ? new StringValue(parameter, item) : null);
                    }
                }
                else if (part.Kind == FhirKind.String && !part.Name.SequenceEqual("use"u8) && !part.Name.SequenceEqual("type"u8) && !part.Name.SequenceEqual("id"u8))
                {
                    into.Add(new StringValue(parameter, part));
                }
            }

            return;
        }

        AddIf(element.Kind == FhirKind.String ? new StringValue(parameter, element) : null);
    }

    private void AddReference(SearchParameter parameter, FhirElement element, string type)
    {
        if (type == "Reference")
        {
            AddIf(element["reference"u8].Exists || element["identifier"u8].Exists ? new ReferenceValue(parameter, element, resource) : null);
        }
        else if (element.ResourceType is { } contained)
        {
            into.Add(new ReferenceValue(parameter, default, new ReferenceTarget(contained, element["id"u8].AsString(), null)));
        }
        else if (element.Kind == FhirKind.String)
        {
            into.Add(new ReferenceValue(parameter, element, ReferenceTarget.Of(element.AsString()!)));
        }
    }

    private void AddDate(SearchParameter parameter, FhirElement element, string type)
    {
        if (type == "Timing")
        {
            foreach (var (from, until) in SearchDates.OfTiming(element, offset))
            {
                into.Add(new DateValue(parameter, from, until));
            }
        }
        else if ((type == "Period" ? SearchDates.OfPeriod(element, offset) : SearchDates.Of(element, offset)) is { } range)
        {
            into.Add(new DateValue(parameter, range.From, range.Until));
        }
    }

    private void AddNumber(SearchParameter parameter, FhirElement element, string type) => AddIf(type == "Range"
        ? new NumberValue(parameter, element["low"u8]["value"u8].AsDecimal(), element["high"u8]["value"u8].AsDecimal())
        : element.AsDecimal() is { } number ? new NumberValue(parameter, number, number) : null);

    private void AddQuantity(SearchParameter parameter, FhirElement element, string type) => AddIf(type switch
    {
        "Range" => SearchQuantities.OfRange(parameter, element),
        "Money" => SearchQuantities.OfMoney(parameter, element),
        _ => SearchQuantities.Of(parameter, element),
    });

    private void AddPosition(SearchParameter parameter, FhirElement position) => AddIf(
        position["latitude"u8].AsDecimal() is { } latitude && position["longitude"u8].AsDecimal() is { } longitude
            ? new PositionValue(parameter, latitude, longitude)
            : null);

    private void AddIf(SearchValue? value)
    {
        if (value is not null)
        {
            into.Add(value);
        }
    }
}
