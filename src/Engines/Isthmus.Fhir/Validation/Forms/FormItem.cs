using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Validation.Forms;

/// <summary>An item of a questionnaire, read where it stands.</summary>
internal readonly struct FormItem(FhirElement item)
{
    public FhirElement Element => item;

    public string LinkId => item["linkId"u8].AsString() ?? "";

    public string Type => item["type"u8].AsString() ?? "";

    public bool Required => item["required"u8].AsBoolean() == true;

    public bool Repeats => item["repeats"u8].AsBoolean() == true;

    public FhirElement Items => item["item"u8];

    /// <summary>The value of an extension by the last part of its URL; guides have moved these extensions between them.</summary>
    public FhirElement Extension(string name) => Extension(item, name);

    public static FhirElement Extension(FhirElement element, string name)
    {
        foreach (var extension in Extensions(element, name))
        {
            return extension;
        }

        return default;
    }

    public static List<FhirElement> Extensions(FhirElement element, string name)
    {
        var found = new List<FhirElement>();
        foreach (var extension in element["extension"u8])
        {
            if (extension["url"u8].AsString() is { } url && url[(url.LastIndexOf('/') + 1)..] == name)
            {
                found.Add(Value(extension));
            }
        }

        return found;
    }

    /// <summary>The <c>value[x]</c> of an answer, an option or an extension.</summary>
    public static FhirElement Value(FhirElement holder)
    {
        foreach (var child in holder)
        {
            if (!child.IsSibling && child.Name.Length > 5 && child.Name.StartsWith("value"u8))
            {
                return child;
            }
        }

        return default;
    }
}
