using System.Text;
using System.Text.Json;
using Isthmus.Simulators.Effects;
using Isthmus.Simulators.Faults;
using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Registry;

/// <summary>
/// <c>POST /events</c>: an authentic JSON document is kept under its <c>webhook-id</c>. The same id with the same content is a
/// repeat and is answered like the first; with other content it counts as a change, which evidence then shows.
/// </summary>
internal sealed class EventEndpoint(Counterpart counterpart, WebhookSignature signature)
{
    public async Task AnswerAsync(HttpContext call)
    {
        var headers = call.Request.Headers;
        var id = headers["webhook-id"].ToString();
        var (rented, length) = await RequestBody.ReadAsync(call);
        using var draft = new Draft(rented, length) { Delivery = Encoding.UTF8.GetBytes(id) };
        if (signature.Objection(id, headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), draft.Body) is { } objection)
        {
            await RefuseAsync(call, StatusCodes.Status401Unauthorized, objection);
            return;
        }

        if (!TryRead(draft, id))
        {
            await RefuseAsync(call, StatusCodes.Status400BadRequest, "The body is a JSON object and webhook-id is short.");
            return;
        }

        var fault = counterpart.Faults.Take(call.Request.Path, draft);
        if (!await Answers.SurvivesAsync(call, fault, status => RefuseAsync(call, status, "A fault on order.")))
        {
            return;
        }

        await counterpart.Log.AppendAsync(draft);
        if (fault is { Kind: Fault.TimeoutAfterEffect })
        {
            await Answers.FallSilentAsync(call, fault);
            return;
        }

        call.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Finds whom the event is about: the first <c>subject</c> anywhere in it that is text or a reference.</summary>
    private static bool TryRead(Draft draft, string id)
    {
        try
        {
            var reader = new Utf8JsonReader(draft.Body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
                if (draft.Subject.Length == 0 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("subject"u8))
                {
                    draft.Subject = Subject(ref reader);
                }
            }

            return draft.Delivery.Length <= Draft.LongestName && draft.Add(Encoding.UTF8.GetBytes(id), 0, draft.Length);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The value behind the property the reader stands on; empty if it names nobody.</summary>
    private static byte[] Subject(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.ValueTextEquals("reference"u8))
        {
            reader.Read();
        }

        var name = reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(reader.GetString()!) : [];
        return name.Length <= Draft.LongestName ? name : [];
    }

    private static Task RefuseAsync(HttpContext call, int status, string error) => Answers.JsonAsync(call, new { error }, status);
}
