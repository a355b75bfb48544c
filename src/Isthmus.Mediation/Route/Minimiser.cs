using System.Buffers;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Packs;
using Isthmus.Exchange.Phi;
using Isthmus.Fhir.Elements;
using Isthmus.Records;
using Isthmus.Records.Commit;
using Isthmus.Trust.Keys;

namespace Isthmus.Mediation.Route;

/// <summary>
/// Makes the copy that a recipient may have: only the elements whose fields name it as a reader, derived where the
/// contract says so, every id replaced by a pseudonym that no other recipient knows. An element that is not listed is
/// not copied; there is no list of what to take out.
/// </summary>
/// <remarks>Made once per destination and used by one lane: what it finds out about its terms it keeps.</remarks>
internal sealed class Minimiser(DestinationTerms terms, byte[] pseudonymKey)
{
    /// <summary>More than a large message needs is not kept for the next one.</summary>
    private const int MostRoomKept = 1024 * 1024;

    private readonly Dictionary<string, TypePlan> plans = new(StringComparer.Ordinal);
    private ArrayBufferWriter<byte> document = new(16 * 1024);
    private ArrayBufferWriter<byte> pack = new(16 * 1024);

    /// <summary>One Bundle of type collection with the resources of which anything may be told, packed and compressed.</summary>
    public PhiBytes Minimise(IReadOnlyList<ResourceDraft> resources, string deliveryKey)
    {
        try
        {
            Write(resources);
            ResourcePack.Write([new PackedResource("Bundle", deliveryKey, document.WrittenMemory)], pack);
            return new PhiBytes(Compression.Pack(pack.WrittenSpan));
        }
        finally
        {
            Empty(ref document);
            Empty(ref pack);
        }
    }

    private static void Empty(ref ArrayBufferWriter<byte> room)
    {
        room.Clear();
        room = room.Capacity <= MostRoomKept ? room : new ArrayBufferWriter<byte>();
    }

    private void Write(IReadOnlyList<ResourceDraft> resources)
    {
        using var pseudonyms = new Pseudonyms(pseudonymKey, terms.Recipient);
        using var json = new Utf8JsonWriter(document);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "collection");
        json.WriteStartArray("entry");
        foreach (var resource in resources)
        {
            WriteEntry(json, resource, pseudonyms);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteEntry(Utf8JsonWriter json, ResourceDraft resource, Pseudonyms pseudonyms)
    {
        if (!plans.TryGetValue(resource.Type, out var plan))
        {
            plan = new TypePlan(terms, resource.Type);
            plans.Add(resource.Type, plan);
        }

        if (!plan.TellsAnything)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("resource"u8);
        json.WriteString("resourceType"u8, resource.Type);
        foreach (var property in resource.Root)
        {
            if (property.IsSibling || !plan.Tells(property.Name, out var derivation))
            {
                continue;
            }

            if ((derivation == Derivation.NoText && property.Kind == FhirKind.String) || !MayTell(property, derivation))
            {
                // Nothing but free text where only codes may go.
                continue;
            }

            json.WritePropertyName(property.Name);
            WriteValue(json, property, derivation, resource.Type, pseudonyms);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, FhirElement value, Derivation? derivation, string type, Pseudonyms pseudonyms)
    {
        switch (value.Kind)
        {
            case FhirKind.Object:
                WriteObject(json, value, derivation, type, pseudonyms);
                break;
            case FhirKind.Array:
                json.WriteStartArray();
                foreach (var item in value)
                {
                    if (MayTell(item, derivation))
                    {
                        WriteValue(json, item, derivation, type, pseudonyms);
                    }
                }

                json.WriteEndArray();
                break;
            case FhirKind.String:
                WriteString(json, value, derivation, type, pseudonyms);
                break;
            case FhirKind.Number:
                json.WriteRawValue(value.Text);
                break;
            case FhirKind.True or FhirKind.False:
                json.WriteBooleanValue(value.Kind == FhirKind.True);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, FhirElement value, Derivation? derivation, string type, Pseudonyms pseudonyms)
    {
        json.WriteStartObject();
        foreach (var property in value)
        {
            if (IsTold(value, property, derivation))
            {
                json.WritePropertyName(property.Name);
                WriteValue(json, property, derivation, type, pseudonyms);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Texts, the sender's displays and spellings of units, and extensions are free text or unlisted: they may say who it is about.</summary>
    private static bool IsTold(FhirElement parent, FhirElement property, Derivation? derivation)
    {
        var name = property.Name;
        var isText = name.SequenceEqual("text"u8) || name.SequenceEqual("display"u8) || name.SequenceEqual("unit"u8);
        return !property.IsSibling && !name.SequenceEqual("extension"u8)
            && !(isText && (derivation == Derivation.NoText || parent["reference"u8].Exists))
            && MayTell(property, derivation);
    }

    /// <summary>Whether anything of a value is left to tell; FHIR knows no empty object or array.</summary>
    private static bool MayTell(FhirElement value, Derivation? derivation)
    {
        if (value.Kind is not (FhirKind.Object or FhirKind.Array))
        {
            return true;
        }

        // A coding without system is what somebody typed.
        if (derivation == Derivation.NoText && value["code"u8].Exists && !value["system"u8].Exists)
        {
            return false;
        }

        foreach (var part in value)
        {
            if (value.Kind == FhirKind.Array ? MayTell(part, derivation) : IsTold(value, part, derivation))
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteString(Utf8JsonWriter json, FhirElement value, Derivation? derivation, string type, Pseudonyms pseudonyms)
    {
        var text = value.Text;
        if (value.Name.SequenceEqual("reference"u8))
        {
            json.WriteStringValue(pseudonyms.Of(Encoding.UTF8.GetString(text)));
        }
        else if (value.Name.SequenceEqual("id"u8))
        {
            json.WriteStringValue(pseudonyms.Of($"{type}/{Encoding.UTF8.GetString(text)}").AsSpan(type.Length + 1));
        }
        else
        {
            json.WriteStringValue(derivation switch
            {
                Derivation.Year => text[..Math.Min(4, text.Length)],
                Derivation.Month => text[..Math.Min(7, text.Length)],
                Derivation.Day => text[..Math.Min(10, text.Length)],
                _ => text,
            });
        }
    }
}
