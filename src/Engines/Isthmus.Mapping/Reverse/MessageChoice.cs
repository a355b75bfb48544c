namespace Isthmus.Mapping.Reverse;

/// <summary>Which message resources are to become: the one that is asked for, the one that MessageHeader names, or what the content tells.</summary>
internal static class MessageChoice
{
    public static (ReverseMessage? Message, (string Event, string Structure) Trigger) Of(IReadOnlyList<ReverseMessage> messages, ResourceIndex index, string? asked)
    {
        if (asked is not null)
        {
            return Named(messages, asked);
        }

        foreach (var header in index.OfType("MessageHeader"))
        {
            // The other direction writes MSH-9 as it came into the display: ADT^A08^ADT_A01.
            var coding = header["eventCoding"u8];
            var parts = coding["display"u8].AsString()?.Split('^') ?? [];
            var named = parts.Length > 1 ? Named(messages, $"{parts[0]}_{parts[1]}") : default;
            named = named.Message is null && coding["code"u8].AsString() is { } code ? Event(messages, index, code) : named;
            if (named.Message is not null)
            {
                return named;
            }
        }

        var first = messages.OrderBy(message => message.Rank).FirstOrDefault(message => message.Content.Any(type => index.OfType(type).Any()));
        return first is null ? default : (first, first.Events[0]);
    }

    private static (ReverseMessage? Message, (string Event, string Structure) Trigger) Named(IReadOnlyList<ReverseMessage> messages, string name)
    {
        foreach (var message in messages)
        {
            foreach (var trigger in message.Events)
            {
                if ($"{message.Code}_{trigger.Event}" == name)
                {
                    return (message, trigger);
                }
            }
        }

        return default;
    }

    /// <summary>An event without its message code: where several have it, the one that the content fits.</summary>
    private static (ReverseMessage? Message, (string Event, string Structure) Trigger) Event(IReadOnlyList<ReverseMessage> messages, ResourceIndex index, string code)
    {
        var having = messages.Where(message => message.Events.Any(trigger => trigger.Event == code)).OrderBy(message => message.Rank).ToList();
        var message = having.Find(one => one.Content.Any(type => index.OfType(type).Any())) ?? having.FirstOrDefault();
        return message is null ? default : (message, message.Events.First(trigger => trigger.Event == code));
    }
}
