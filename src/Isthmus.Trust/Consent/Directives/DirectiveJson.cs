using System.Text.Json;
using System.Text.Json.Serialization;
using Isthmus.Exchange;

namespace Isthmus.Trust.Consent.Directives;

/// <summary>The compact form of a directive in the store.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(ConsentDirective))]
internal sealed partial class DirectiveJson : JsonSerializerContext
{
    /// <summary>A body that does not read any more, from a newer version or damaged, is an unreadable consent: it denies.</summary>
    public static ConsentDirective Read(PersonId person, ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, Default.ConsentDirective) is { } directive)
            {
                // The row says of whom it is: a merge of two persons moves it.
                return directive with { Person = person };
            }
        }
        catch (JsonException)
        {
            // Said by the answer below.
        }

        return new ConsentDirective(person, "unknown", "unknown", Directives.ConsentStatus.Active, null, null);
    }
}
