namespace Isthmus.Mapping.Running;

/// <summary>Resources that values within segments make: an observer, a laboratory, a device.</summary>
internal sealed class MadeResources
{
    /// <summary>By map, the value it was given last: results one after another name the same observer and the same laboratory.</summary>
    private readonly List<(CompiledMap Map, Slice Value, int Resource)> latest = [];

    public void Clear() => latest.Clear();

    /// <summary>
    /// Makes a resource out of a value, or finds the one that an equal value has made before in this message.
    /// Returns its index in <see cref="TranslationRun.Resources"/>, or -1 if nothing could be written into it.
    /// </summary>
    public int Make(TranslationRun run, CompiledMap map, int caller, Slice value)
    {
        // An explanation is told of all that was read, also where it makes nothing new.
        var resource = map.IsOfValue && run.Trace is null ? Find(run.Text, map, value) : -1;
        if (resource < 0)
        {
            resource = MakeOrFind(run, map, caller, value);
            Keep(map, value, resource);
        }

        return run.Resources[resource].Dropped ? -1 : resource;
    }

    private static int MakeOrFind(TranslationRun run, CompiledMap map, int caller, Slice value)
    {
        var frame = run.Open(map, caller, value);
        var keyLength = BusinessKeys.Compose(run, map, frame, value);
        var resource = run.Resources.Find(map.ResourceType!, run.Resources.KeyRoom(0)[..keyLength]);
        if (resource < 0)
        {
            var node = run.Builder.Resource(map.ResourceType);
            resource = run.Resources.Add(new ResourceEntry
            {
                Definition = -1,
                Type = map.ResourceType!,
                Node = node,
                IdNode = run.Resources.ReserveId(node),
                Group = run.FrameAt(frame).Group,
                Segment = run.FrameAt(frame).Segment,
                Anchor = -1,
                NextInGroup = -1,
            });
            run.Resources.Keep(resource, keyLength);
            run.Resources.Index(resource);
            run.Ids.Write(run.Context.IdKey, map.ResourceType, run.SourceName, run.Resources.KeyOf(resource), 0, run.Builder.TextAt(run.Resources[resource].IdNode));
            run.Fill(frame, node);
            RuleBlocks.Run(run, frame);
            run.Resources[resource].Dropped = !run.Builder.Element(run.Resources[resource].IdNode).Next.Exists;
        }
        else
        {
            run.Trace?.ReadAgain(run, frame);
        }

        run.Close(frame);
        return resource;
    }

    private int Find(MessageBytes text, CompiledMap map, Slice value)
    {
        var at = IndexOf(map);
        return at >= 0 && latest[at].Value.Level == value.Level && text.Bytes(latest[at].Value).SequenceEqual(text.Bytes(value)) ? latest[at].Resource : -1;
    }

    private void Keep(CompiledMap map, Slice value, int resource)
    {
        if (IndexOf(map) is var at and >= 0)
        {
            latest[at] = (map, value, resource);
        }
        else
        {
            latest.Add((map, value, resource));
        }
    }

    private int IndexOf(CompiledMap map)
    {
        var at = latest.Count - 1;
        while (at >= 0 && !ReferenceEquals(latest[at].Map, map))
        {
            at--;
        }

        return at;
    }
}
