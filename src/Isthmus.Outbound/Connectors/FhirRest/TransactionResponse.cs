using System.Text.Json;
using Isthmus.Outbound.Resilience;

namespace Isthmus.Outbound.Connectors.FhirRest;

/// <summary>
/// Reads the response Bundle: a transaction succeeded only if every entry says so. Servers that treat a transaction as a batch exist,
/// and their 200 hides entries that failed.
/// </summary>
internal static class TransactionResponse
{
    /// <summary>Null if all <paramref name="expected"/> entries succeeded.</summary>
    public static FailureClass? Failure(ReadOnlySpan<byte> body, int expected)
    {
        try
        {
            var (succeeded, retryable, refused) = Count(body);
            return (succeeded, retryable, refused) switch
            {
                _ when succeeded == expected && retryable + refused == 0 => null,
                (> 0, _, _) when retryable + refused > 0 => FailureClass.Partial,
                (0, > 0, _) => FailureClass.Application,
                (0, 0, > 0) => FailureClass.BusinessRule,
                // Fewer or more answers than questions: what took effect is not known.
                _ => FailureClass.Ambiguous,
            };
        }
        catch (JsonException)
        {
            return FailureClass.Ambiguous;
        }
    }

    private static (int Succeeded, int Retryable, int Refused) Count(ReadOnlySpan<byte> body)
    {
        int succeeded = 0, retryable = 0, refused = 0;
        var reader = new Utf8JsonReader(body);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("entry"u8))
            {
                reader.Skip();
                continue;
            }

            Expect(ref reader, JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                switch (EntryStatus(ref reader))
                {
                    case (byte)'2':
                        succeeded++;
                        break;
                    case (byte)'5':
                        retryable++;
                        break;
                    default:
                        refused++;
                        break;
                }
            }
        }

        return (succeeded, retryable, refused);
    }

    /// <summary>The first digit of <c>response.status</c>, 0 if there is none; leaves the reader on the entry's end.</summary>
    private static byte EntryStatus(ref Utf8JsonReader reader)
    {
        byte digit = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("response"u8))
            {
                reader.Skip();
                continue;
            }

            Expect(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("status"u8))
                {
                    Expect(ref reader, JsonTokenType.String);
                    digit = reader.ValueSpan.IsEmpty ? (byte)0 : reader.ValueSpan[0];
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return digit;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new JsonException("Not a response Bundle.");
        }
    }
}
