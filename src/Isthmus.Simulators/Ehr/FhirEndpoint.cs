using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Simulators.Effects;
using Isthmus.Simulators.Faults;
using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Ehr;

/// <summary>The FHIR R4 API below <c>/fhir</c>: transaction and batch, update-or-create by PUT, create by POST, read.</summary>
internal sealed class FhirEndpoint(Counterpart counterpart, AccessTokens tokens)
{
    private const string FhirJson = "application/fhir+json";

    private readonly byte[] metadata = CapabilityStatement.Compose(counterpart.Address);

    public async Task AnswerAsync(HttpContext call, string path)
    {
        var method = call.Request.Method;
        if (method == "GET" && path == "/metadata")
        {
            await Answers.BytesAsync(call, metadata, FhirJson);
        }
        else if (!tokens.Admits(call.Request.Headers.Authorization))
        {
            call.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            await RefuseAsync(call, StatusCodes.Status401Unauthorized, "A valid bearer token is required.");
        }
        else if (method == "GET")
        {
            await ReadAsync(call, path.TrimStart('/'));
        }
        else if (method is "PUT" or "POST")
        {
            await WriteAsync(call, path.Trim('/'));
        }
        else
        {
            await RefuseAsync(call, StatusCodes.Status405MethodNotAllowed, "Only GET, PUT and POST.");
        }
    }

    private async Task WriteAsync(HttpContext call, string path)
    {
        var (rented, length) = await RequestBody.ReadAsync(call);
        using var draft = new Draft(rented, length) { Delivery = DeliveryKey(call) };
        ReceivedBundle bundle;
        try
        {
            if (draft.Delivery.Length > Draft.LongestName)
            {
                throw new JsonException("The delivery key is longer than 255 bytes.");
            }

            bundle = path.Length == 0 ? BundleWalk.Read(draft) : ReadSingle(draft, call.Request.Method, path);
        }
        catch (JsonException malformed)
        {
            // The reader's own texts may quote the body; only ours, which are constants, are repeated.
            await RefuseAsync(call, StatusCodes.Status400BadRequest, malformed.LineNumber is null ? malformed.Message : "The body is not JSON.");
            return;
        }

        if ((bundle.IsTransaction || path.Length > 0) && bundle.Entries.Find(entry => entry.Item < 0) is { Objection: { } objection })
        {
            await RefuseAsync(call, StatusCodes.Status400BadRequest, objection);
            return;
        }

        var fault = counterpart.Faults.Take(call.Request.Path, draft);
        if (!await Answers.SurvivesAsync(call, fault, status => RefuseAsync(call, status, "A fault on order.")))
        {
            return;
        }

        var effects = await counterpart.Log.AppendAsync(draft);
        if (fault is { Kind: Fault.TimeoutAfterEffect })
        {
            await Answers.FallSilentAsync(call, fault);
            return;
        }

        await (path.Length == 0
            ? Answers.BytesAsync(call, BundleAnswer.Compose(draft, bundle, effects, counterpart.Options.Time.GetUtcNow()), FhirJson)
            : AnswerSingleAsync(call, Encoding.UTF8.GetString(draft.Name(draft.Items[0])), effects[0]));
    }

    private static ReceivedBundle ReadSingle(Draft draft, string method, string path)
    {
        var reader = new Utf8JsonReader(draft.Body);
        if (!reader.Read())
        {
            throw new JsonException(BundleWalk.NoResource);
        }

        var resource = ResourceWalk.Read(ref reader);
        var url = Encoding.UTF8.GetBytes(path);
        var fits = method == "PUT"
            ? ResourceName.Names(url, resource.Type, resource.Id) && BundleWalk.Take(draft, resource, url)
            : ResourceName.IsType(url) && resource.Type.SequenceEqual(url) && BundleWalk.Take(draft, resource, ResourceName.New(url));
        return new ReceivedBundle(false, [fits
            ? new BundleEntry(method == "PUT" ? EntryAction.Update : EntryAction.Create, 0, null)
            : BundleEntry.Refuse(method == "PUT" ? BundleWalk.UrlDisagrees : BundleWalk.TypeDisagrees)]);
    }

    private static Task AnswerSingleAsync(HttpContext call, string name, Effect effect)
    {
        var created = effect is { Version: 1, Changed: true };
        call.Response.StatusCode = created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        call.Response.Headers.Location = $"{call.Request.Scheme}://{call.Request.Host}/fhir/{name}/_history/{effect.Version}";
        call.Response.Headers.ETag = $"W/\"{effect.Version}\"";
        call.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private async Task ReadAsync(HttpContext call, string name)
    {
        var fault = counterpart.Faults.Take(call.Request.Path, draft: null);
        if (!await Answers.SurvivesAsync(call, fault, status => RefuseAsync(call, status, "A fault on order.")))
        {
            return;
        }

        if (!counterpart.Log.TryGet(Encoding.UTF8.GetBytes(name), out var state))
        {
            await RefuseAsync(call, StatusCodes.Status404NotFound, "No such resource.");
            return;
        }

        var stored = JsonNode.Parse((await counterpart.Log.ReadAsync(state.Place)).Span)!.AsObject();
        stored["id"] = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var meta = stored["meta"] as JsonObject ?? [];
        meta["versionId"] = state.Versions.ToString(System.Globalization.CultureInfo.InvariantCulture);
        stored["meta"] = meta;
        call.Response.Headers.ETag = $"W/\"{state.Versions}\"";
        await Answers.BytesAsync(call, JsonSerializer.SerializeToUtf8Bytes(stored), FhirJson);
    }

    private static byte[] DeliveryKey(HttpContext call)
    {
        var headers = call.Request.Headers;
        string? key = headers["Idempotency-Key"];
        key ??= headers["X-Isthmus-Delivery"];
        return key is null ? [] : Encoding.UTF8.GetBytes(key);
    }

    private static Task RefuseAsync(HttpContext call, int status, string diagnostics)
    {
        call.Response.StatusCode = status;
        return Answers.BytesAsync(call, OperationOutcome.Of(status, diagnostics), FhirJson);
    }
}
