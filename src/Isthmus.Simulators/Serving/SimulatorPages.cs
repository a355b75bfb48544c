using System.Text;
using System.Text.Json;
using Isthmus.Simulators.Effects;
using Isthmus.Simulators.Faults;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Serving;

/// <summary>
/// What a test or an operator may ask a simulator about itself:
/// <list type="bullet">
/// <item><c>GET /simulator/effects</c>: totals; <c>?each=name</c> or <c>?each=delivery</c> streams one line per key (NDJSON);
/// <c>?name=Patient/x</c> or <c>?delivery=k</c> answers for one.</item>
/// <item><c>GET /simulator/order</c>: per subject the delivery keys in the order in which they took effect (NDJSON);
/// <c>?subject=Patient/x</c> for one.</item>
/// <item><c>GET /simulator/received</c>: the latest bodies (<c>?last=n</c>, default 20) as NDJSON; <c>?delivery=k</c> for one key.</item>
/// <item><c>GET|POST|DELETE /simulator/faults</c>: what is on order, order more (an array or one object), clear.</item>
/// </list>
/// </summary>
internal sealed class SimulatorPages(EffectLog log, FaultBoard faults)
{
    private const int LatestByDefault = 20;

    public async Task AnswerAsync(HttpContext call, PathString page)
    {
        switch (call.Request.Method, page.Value)
        {
            case ("GET", "/effects"):
                await log.SettleAsync();
                await EffectsAsync(call);
                break;
            case ("GET", "/order"):
                await log.SettleAsync();
                await Answers.LinesAsync(call, Order(call.Request.Query["subject"].FirstOrDefault()));
                break;
            case ("GET", "/received"):
                await log.SettleAsync();
                await Answers.LinesAsync(call, Received(call.Request.Query));
                break;
            case ("GET", "/faults"):
                await Answers.JsonAsync(call, faults.Pending());
                break;
            case ("POST", "/faults"):
                await OrderFaultsAsync(call);
                break;
            case ("DELETE", "/faults"):
                faults.Clear();
                await Answers.JsonAsync(call, faults.Pending());
                break;
            default:
                await Answers.JsonAsync(call, new { error = "The simulator has no such page." }, StatusCodes.Status404NotFound);
                break;
        }
    }

    private Task EffectsAsync(HttpContext call)
    {
        var query = call.Request.Query;
        if (query["name"].FirstOrDefault() is { } name)
        {
            log.TryGet(Encoding.UTF8.GetBytes(name), out var state);
            return Answers.JsonAsync(call, new NameCount(name, state.Versions, state.Repeats));
        }

        if (query["delivery"].FirstOrDefault() is { } delivery)
        {
            return Answers.JsonAsync(call, new DeliveryCount(delivery, log.DeliveryCount(delivery)));
        }

        return query["each"].FirstOrDefault() switch
        {
            "name" => Answers.LinesAsync(call, EachName()),
            "delivery" => Answers.LinesAsync(call, EachDelivery()),
            null => Answers.JsonAsync(call, log.Totals()),
            _ => Answers.JsonAsync(call, new { error = "each is name or delivery." }, StatusCodes.Status400BadRequest),
        };
    }

    private IEnumerable<NameCount> EachName()
    {
        foreach (var item in log.Records().SelectMany(record => record.Items))
        {
            if (item is { Version: 1, Changed: true } && log.TryGet(Encoding.UTF8.GetBytes(item.Name), out var state))
            {
                yield return new NameCount(item.Name, state.Versions, state.Repeats);
            }
        }
    }

    private IEnumerable<DeliveryCount> EachDelivery()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return log.Records()
            .Select(record => record.Delivery)
            .Where(delivery => delivery.Length > 0 && seen.Add(delivery))
            .Select(delivery => new DeliveryCount(delivery, log.DeliveryCount(delivery)));
    }

    private IEnumerable<SubjectOrder> Order(string? subject) => log.Records()
        .Where(record => record.Subject.Length > 0 && (subject is null || record.Subject == subject))
        .GroupBy(record => record.Subject, StringComparer.Ordinal)
        .Select(group => new SubjectOrder(group.Key, [.. group.Select(SubjectStep.Of)]));

    private IEnumerable<ReceivedBody> Received(IQueryCollection query)
    {
        var last = int.TryParse(query["last"].FirstOrDefault(), System.Globalization.CultureInfo.InvariantCulture, out var asked)
            ? asked
            : LatestByDefault;
        var oldest = log.Sequence - last;
        var received = query["delivery"].FirstOrDefault() is { } delivery
            ? log.Received(record => record.Delivery == delivery)
            : log.Received(record => record.Sequence > oldest);
        return received.Select(each => new ReceivedBody(
            each.Record.Sequence, each.Record.Received, each.Record.Delivery, each.Record.Subject, AsJson(each.Body)));
    }

    private async Task OrderFaultsAsync(HttpContext call)
    {
        Fault[] ordered;
        try
        {
            using var document = await JsonDocument.ParseAsync(call.Request.Body, cancellationToken: call.RequestAborted);
            ordered = document.RootElement.ValueKind == JsonValueKind.Array
                ? document.Deserialize<Fault[]>(Answers.JsonShape) ?? []
                : [document.Deserialize<Fault>(Answers.JsonShape)!];
        }
        catch (JsonException)
        {
            await Answers.JsonAsync(call, new { error = "A fault is {kind, count, retryAfterSeconds, milliseconds, match, error}." }, StatusCodes.Status400BadRequest);
            return;
        }

        if (ordered.Select(fault => fault.Objection()).FirstOrDefault(objection => objection is not null) is { } wrong)
        {
            await Answers.JsonAsync(call, new { error = wrong }, StatusCodes.Status400BadRequest);
            return;
        }

        faults.Add(ordered);
        await Answers.JsonAsync(call, faults.Pending(), StatusCodes.Status201Created);
    }

    /// <summary>A JSON body as it is; any other as text, byte for character.</summary>
    private static JsonElement AsJson(ReadOnlyMemory<byte> body)
    {
        if (body.Span is not [(byte)'{' or (byte)'[', ..])
        {
            return JsonSerializer.SerializeToElement(Encoding.Latin1.GetString(body.Span));
        }

        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private sealed record NameCount(string Name, int Versions, int Repeats);

    private sealed record DeliveryCount(string Delivery, int Transactions);

    private sealed record SubjectOrder(string Subject, SubjectStep[] Deliveries);

    /// <summary>One transaction about a subject: which names it changed, and to which version.</summary>
    private sealed record SubjectStep(long Sequence, string Delivery, string[] Changed)
    {
        public static SubjectStep Of(EffectRecord record) => new(
            record.Sequence,
            record.Delivery,
            [.. record.Items.Where(item => item.Changed).Select(item => $"{item.Name}/_history/{item.Version}")]);
    }

    private sealed record ReceivedBody(long Sequence, DateTimeOffset Received, string Delivery, string Subject, JsonElement Body);
}
