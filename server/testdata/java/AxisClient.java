import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

/**
 * A client of the national axis as its protocol is described, and as a program
 * in an office would have it: parameters in headers, one time stamp for the life
 * of the process, headers that ride along from one call to the next.
 *
 * java -cp httpclient.jar:… AxisClient.java ENDPOINT SYSTEM SECRET FROM TO PACKAGE
 */
public class AxisClient {
  private static final String PREFIX = "XroadVnpt-";
  private final String endpoint;
  private final String system;
  private final String secret;
  private final String stamp;
  private final Map<String, String> riding = new HashMap<>(); // parameters of all calls so far

  AxisClient(String endpoint, String system, String secret) {
    this.endpoint = endpoint;
    this.system = system;
    this.secret = secret;
    Instant now = Instant.now();
    this.stamp =
        DateTimeFormatter.ofPattern("ddMMyyyy'T'HHmmss").withZone(ZoneId.of("Asia/Ho_Chi_Minh")).format(now)
            + String.format("+%04d", now.toEpochMilli() % 1000);
  }

  /** The headers of a signed request. */
  private Map<String, String> headers(String mediaType) throws Exception {
    Map<String, String> signed = new HashMap<>(riding); // its order is arbitrary
    signed.put("systemid", system);
    signed.put("timestamp", stamp);
    signed.put("Content-Type", mediaType);
    StringBuilder text = new StringBuilder("{");
    StringBuilder keys = new StringBuilder();
    Map<String, String> all = new HashMap<>();
    for (Map.Entry<String, String> e : signed.entrySet()) {
      if (keys.length() > 0) {
        text.append(',');
        keys.append(';');
      }
      text.append(quoted(PREFIX + e.getKey())).append(':').append(quoted(e.getValue()));
      keys.append(e.getKey());
      all.put(PREFIX + e.getKey(), e.getValue());
    }
    text.append('}');
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] sum = mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8));
    StringBuilder hex = new StringBuilder();
    for (byte b : sum) hex.append(String.format("%02x", b));
    all.put(PREFIX + "sign-header", text.toString());
    all.put(PREFIX + "sign-header-key", keys.toString());
    all.put(PREFIX + "hash-header", hex.toString());
    all.put(PREFIX + "version", "3.0.201608");
    all.put("Content-Type", mediaType);
    return all;
  }

  private static String quoted(String s) {
    return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private byte[] ask(HttpRequestBase request) throws Exception {
    for (Map.Entry<String, String> h : headers("application/json").entrySet()) request.setHeader(h.getKey(), h.getValue());
    request.setHeader("User-Agent", "JAVASDKAgent/1.0.0 XRoad/VPCP");
    try (CloseableHttpClient client = HttpClients.createDefault()) { // a new one for each call
      HttpResponse answer = client.execute(request);
      return answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity());
    }
  }

  /** Calls, and gives the answer, which has to be a success. */
  String post(String call, String body, String... parameters) throws Exception {
    ride(parameters);
    HttpPost request = new HttpPost(endpoint + "/" + call);
    if (body != null) request.setEntity(new StringEntity(body, StandardCharsets.UTF_8));
    return success(call, new String(ask(request), StandardCharsets.UTF_8));
  }

  private void ride(String... parameters) {
    for (int i = 0; i < parameters.length; i += 2) riding.put(parameters[i], parameters[i + 1]);
  }

  private static String success(String call, String answer) {
    if (!"OK".equals(member(answer, "status")) || !"0".equals(member(answer, "ErrorCode")) || member(answer, "ErrorDesc") == null)
      throw new IllegalStateException(call + ": " + answer);
    System.out.println("ok " + call);
    return answer;
  }

  /** The first text or number of that name. */
  static String member(String json, String name) {
    Matcher m = Pattern.compile("\"" + name + "\":\\s*(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|(\\d+))").matcher(json);
    if (!m.find()) return null;
    return m.group(1) != null ? m.group(1) : m.group(2);
  }

  /** Sends a package as HttpURLConnection does: the bytes, and a line end behind them. */
  String send(Path file, String message, String from, String to) throws Exception {
    byte[] content = Files.readAllBytes(file);
    StringBuilder hash = new StringBuilder();
    for (byte b : MessageDigest.getInstance("SHA-256").digest(content)) hash.append(Integer.toHexString(b & 0xff)); // no leading zeros
    ride("from", from, "to", "[\"" + to + "\"]", "servicetype", "eDoc", "messagetype", message, "hash-file", hash.toString());
    HttpURLConnection c = (HttpURLConnection) new URL(endpoint + "/sendEdoc").openConnection();
    c.setDoOutput(true);
    c.setRequestMethod("POST");
    for (Map.Entry<String, String> h : headers("application/octet-stream").entrySet()) c.setRequestProperty(h.getKey(), h.getValue());
    try (OutputStream out = c.getOutputStream()) {
      out.write(content);
      out.write(new byte[] {'\r', '\n'});
    }
    try (InputStream in = c.getResponseCode() < 400 ? c.getInputStream() : c.getErrorStream()) {
      return member(success("sendEdoc", new String(all(in), StandardCharsets.US_ASCII)), "DocId");
    }
  }

  private static byte[] all(InputStream in) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    in.transferTo(out);
    return out.toByteArray();
  }

  byte[] download(String id) throws Exception {
    ride("docId", id, "filePath", "/somewhere");
    byte[] got = ask(new HttpGet(endpoint + "/downloadEdoc"));
    if (got.length == 0) throw new IllegalStateException("downloadEdoc gave nothing");
    System.out.println("ok downloadEdoc");
    return got;
  }

  public static void main(String[] args) throws Exception {
    AxisClient axis = new AxisClient(args[0], args[1], args[2]);
    String from = args[3];
    String to = args[4];
    String sent = axis.send(Path.of(args[5]), "edoc", from, to);
    if (sent == null || sent.isEmpty()) throw new IllegalStateException("no DocId");
    if (!sent.equals(axis.send(Path.of(args[5]), "edoc", from, to))) throw new IllegalStateException("a repeat is another message");
    require(axis.post("getAgenciesList", null).contains("\"" + to + "\""), "the directory lacks " + to);
    axis.post("getAgenciesListQD20", null, "level", "1");
    axis.post("getSynchronizeUnit", null);
    axis.post("registerAgency", "{\"id\":\"\",\"pcode\":\"" + from + "\",\"code\":\"000.00.00.X55\",\"name\":\"Phòng Văn thư lưu trữ\",\"mail\":\"\",\"mobile\":\"\",\"fax\":\"\"}");
    require(Integer.parseInt(member(axis.post("countReceiveEdoc", "{}"), "count")) == 1, "one document waits");
    String row = axis.post("getReceivedEdocList", null, "servicetype", "eDoc", "messagetype", "edoc");
    String waiting = member(row, "docId");
    byte[] raw = axis.download(waiting);
    String data = member(axis.post("getEdoc", "{}", "docId", waiting, "filePath", "/somewhere"), "data");
    require(java.util.Arrays.equals(raw, Base64.getMimeDecoder().decode(data.replace("\\/", "/"))), "both ways give the same bytes");
    axis.post("updateStatus", "{}", "docId", waiting, "status", "done");
    require(Integer.parseInt(member(axis.post("countReceiveEdoc", "{}"), "count")) == 0, "nothing waits any more");
    String statuses = axis.post("getReceivedEdocList", null, "messagetype", "status");
    require(member(statuses, "docId") != null, "the arrival is told by a status");
    axis.post("countReceiveStatus", "{}");
    require(axis.post("getSentEdocList", null, "docId", sent, "messagetype", "edoc").contains(to), "what was sent is listed");
    axis.post("deleteAgency", "{}", "AgencyCode", "000.00.00.X55");
    System.out.println("done");
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new IllegalStateException(what);
  }
}
